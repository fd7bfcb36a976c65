"""Addresses that are never written to, whatever contact bears them."""

from typing import Annotated

from pydantic import Field

from contract.wire import Answer, Request, Timestamp

COMPLAINT = "complaint"
"""The reason that nobody can undo: this person called our mail spam."""
BY_HAND = "by hand"


class Suppression(Answer):
    """The address itself is not kept: `hash` is SHA-256 of it in lower case, in hexadecimal."""

    hash: str
    reason: str
    since: Timestamp


class SuppressionList(Answer):
    """Newest first."""

    suppressions: list[Suppression]
    next_cursor: str | None


class SuppressionCreate(Request):
    """Never write to this address again."""

    email: Annotated[str, Field(min_length=3, max_length=254)]


class SuppressionAnswer(Answer):
    """One suppression."""

    suppression: Suppression
