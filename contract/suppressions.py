"""Addresses that are never written to, whatever contact bears them."""

from typing import Annotated

from pydantic import Field

from contract.wire import Answer, DocumentId, Request, RowId, Timestamp

COMPLAINT = "complaint"
"""The reason that nobody can undo: this person called our mail spam."""
BY_HAND = "by hand"


class Suppression(Answer):
    """The address itself is not kept: `hash` is SHA-256 of it in lower case, in hexadecimal.

    `email` is there as long as a contact bears the address. `sourceId` is the campaign or sequence whose mail
    led to it, with its name as long as it is there.
    """

    hash: str
    reason: str
    since: Timestamp
    contact_id: RowId | None = None
    email: str | None = None
    source_id: DocumentId | None = None
    source_name: str | None = None


class SuppressionList(Answer):
    """Newest first; `total` counts all that fit the filter, `reasons` those that stand by their reason."""

    suppressions: list[Suppression]
    next_cursor: str | None
    total: int = 0
    reasons: dict[str, int] = {}


class SuppressionCreate(Request):
    """Never write to this address again."""

    email: Annotated[str, Field(min_length=3, max_length=254)]


class SuppressionAnswer(Answer):
    """One suppression."""

    suppression: Suppression
