"""Mails that came back, and what was learned from them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Base64Bytes, Field

from contract.delivery import DeliveryState
from contract.wire import Answer, Request, RowId

LONGEST = 1_000_000
"""Bytes of a mail that are looked at: what matters is at its beginning."""


class BounceKind(StrEnum):
    """What a mail that came back says about one of ours."""

    HARD = "hard"
    """There is no such mailbox: the address is suppressed."""
    SOFT = "soft"
    """It was not delivered, for a reason that may pass: suppressed only after several in a short time."""
    COMPLAINT = "complaint"
    """The person called it spam: suppressed, and nobody can undo that."""
    DELAYED = "delayed"
    """Its server has it and goes on trying."""
    DELIVERED = "delivered"
    IGNORED = "ignored"
    """Not about a mail of this organisation, or nothing that says what became of it."""


class BounceRead(Request):
    """A mail as it came, in base64; at most a megabyte of it is needed."""

    message: Annotated[Base64Bytes, Field(min_length=1, max_length=4 * LONGEST // 3 + 4)]


class Bounce(Answer):
    """What it was about. `suppressed`: this address is not written to from now on."""

    kind: BounceKind
    reason: str = ""
    delivery_id: RowId | None = None
    email: str | None = None
    state: DeliveryState | None = None
    suppressed: bool = False


class BounceAnswer(Answer):
    """One for each mail of ours that it speaks of."""

    bounces: list[Bounce]
