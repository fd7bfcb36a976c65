"""DKIM keys: with what an account signs its mails, and what its domain publishes about that."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contract.wire import Answer, Request, RowId, Timestamp


class DkimAlgorithm(StrEnum):
    """RSA with 2048 bits is understood by everyone; Ed25519 is quicker and understood by few alone."""

    RSA = "rsa"
    ED25519 = "ed25519"


class DkimKey(Answer):
    """A key as shown: never its private half.

    Mails are signed with every key that is `active`. `recordName` and `recordValue` are the TXT record that
    the sender's domain must publish before that.
    """

    id: RowId
    account_id: RowId
    selector: str
    algorithm: DkimAlgorithm
    active: bool
    record_name: str
    record_value: str
    created_at: Timestamp


class DkimKeyCreate(Request):
    """A new key, which signs nothing until it is activated. Without a `selector` one is made up."""

    account_id: RowId
    algorithm: DkimAlgorithm = DkimAlgorithm.RSA
    selector: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")] | None = None


class DkimKeyAnswer(Answer):
    """One key."""

    key: DkimKey


class DkimKeyList(Answer):
    """All keys of the organisation, oldest first."""

    keys: list[DkimKey]
