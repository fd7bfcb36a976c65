"""Sending accounts: through which server an organisation's mail leaves."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr

from contract.wire import Answer, Request, RowId, Timestamp

BounceAddress = Annotated[
    str, Field(pattern=r"^([A-Za-z0-9._-]{1,16}@[A-Za-z0-9.-]{1,180})?$", max_length=254)
]
"""Short before the `@`, because the token of a mail has to fit beside it."""


class AccountState(StrEnum):
    """Whether mails leave through it now. A resting account goes on by itself, a paused one never does."""

    READY = "ready"
    RESTING = "resting"
    PAUSED = "paused"


class SendingAccount(Answer):
    """An account as shown: never its password.

    `rate` in mails per second, `daily_cap` in mails per day (UTC); 0 = no limit. `usedToday` counts where
    there is a limit. `bounceAddress` is where bounces come, with `+` and the mail's token before the `@`;
    empty: to the sender. `pausedReason` says why it rests (until `restsUntil`) or who paused it and why.
    """

    id: RowId
    name: str
    host: str
    port: int
    tls: str
    username: str = ""
    from_name: str
    from_email: str
    bounce_address: str = ""
    rate: float = 0.0
    lanes: int = 4
    daily_cap: int = 0
    is_default: bool = False
    used_today: int = 0
    state: AccountState = AccountState.READY
    paused_reason: str | None = None
    rests_until: Timestamp | None = None


class SendingAccountCreate(Request):
    """A new account. `tls`: none, starttls or implicit."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)]
    tls: Annotated[str, Field(pattern="^(none|starttls|implicit)$")] = "starttls"
    username: Annotated[str, Field(max_length=254)] = ""
    password: SecretStr = SecretStr("")
    from_name: Annotated[str, Field(max_length=120)] = ""
    from_email: Annotated[str, Field(min_length=3, max_length=254)]
    bounce_address: BounceAddress = ""
    rate: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 0.0
    lanes: Annotated[int, Field(ge=1, le=50)] = 4
    daily_cap: Annotated[int, Field(ge=0, le=100_000_000)] = 0


class SendingAccountPatch(Request):
    """What is given is changed; without `password` the present one stays."""

    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    host: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: Annotated[str, Field(pattern="^(none|starttls|implicit)$")] | None = None
    username: Annotated[str, Field(max_length=254)] | None = None
    password: SecretStr | None = None
    from_name: Annotated[str, Field(max_length=120)] | None = None
    from_email: Annotated[str, Field(min_length=3, max_length=254)] | None = None
    bounce_address: BounceAddress | None = None
    rate: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None
    lanes: Annotated[int, Field(ge=1, le=50)] | None = None
    daily_cap: Annotated[int, Field(ge=0, le=100_000_000)] | None = None


class SendingAccountPause(Request):
    """Nothing leaves through it until somebody resumes it. `reason` is for the others."""

    reason: Annotated[str, Field(max_length=200)] = ""


class SendingAccountTried(Answer):
    """Whether the server let us in; else `reason` says, in its words, why not."""

    works: bool
    reason: str | None = None


class SendingAccountAnswer(Answer):
    """One account."""

    account: SendingAccount


class SendingAccountList(Answer):
    """All accounts, oldest first; the one with `isDefault` sends where none is chosen.

    `installation` is the server of the installation, as `host:port`, which sends where there is no account.
    """

    accounts: list[SendingAccount]
    installation: str | None = None
