"""What became of each mail."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, NaiveDatetime

from contract.wire import Answer, DocumentId, Request, RowId, Timestamp


class DeliveryState(StrEnum):
    """Where one mail to one contact stands. Everyone ends in exactly one of these."""

    PENDING = "pending"
    CLAIMED = "claimed"
    HANDED = "handed"
    ACCEPTED = "accepted"
    SOFT = "soft"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


GOT_IT = frozenset({DeliveryState.ACCEPTED, DeliveryState.COMPLAINED})
"""Whoever is in any other state did not get the mail, or not yet."""


class Progress(Answer):
    """Counts by state; `total` is the frozen audience. `perSecond` over the last few seconds."""

    total: int
    pending: int = 0
    accepted: int = 0
    soft: int = 0
    bounced: int = 0
    complained: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    cancelled: int = 0
    per_second: float = 0.0
    seconds_left: float | None = None

    @property
    def done(self) -> int:
        """Mails that reached a final state."""
        ended = self.accepted + self.bounced + self.complained + self.failed
        return ended + self.unknown + self.skipped + self.cancelled


class Delivery(Answer):
    """One mail to one contact. `reason` says why it was skipped, refused or is unknown.

    `stepId`: of which step of a sequence it is.
    """

    id: RowId
    contact_id: RowId
    email: str
    name: str | None = None
    state: DeliveryState
    reason: str = ""
    attempts: int
    updated_at: Timestamp
    due_at: Timestamp | None = None
    step_id: str | None = None


class DeliveryList(Answer):
    """A page of deliveries in the order they were made; `total` counts all that fit the filter.

    `offset` is the position of the first one where the page was asked for by position.
    """

    deliveries: list[Delivery]
    next_cursor: str | None
    total: int = 0
    offset: int | None = None


class Resend(Request):
    """Send unknown mails again: these, or all of them, or all with these words in address or reason.

    They keep their Message-ID; whoever got the first copy may get a second one.
    """

    delivery_ids: Annotated[list[RowId], Field(min_length=1, max_length=2_000)] | None = None
    q: Annotated[str, Field(max_length=300)] | None = None


class Resent(Answer):
    """How many wait to be sent again."""

    resent: int


class OutboxEntry(Answer):
    """A campaign that is scheduled, being sent or paused, or sent lately (then it has `finishedAt`).

    `waits` says why its due mails do not leave.
    """

    id: DocumentId
    name: str
    status: str
    send_at: Timestamp | None = None
    local_time: NaiveDatetime | None = None
    starts_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    paused_reason: str | None = None
    account: str | None = None
    progress: Progress | None = None
    waits: list[str] = []


class Outbox(Answer):
    """What is on its way: being sent, then paused, then scheduled; and what was sent within a day."""

    campaigns: list[OutboxEntry]


class Funnel(Answer):
    """From the segment to those who will be mailed: each step says how many drop out and why.

    `matched - suppressed - unsubscribed - duplicate - capped = willSend`; `capped` had as many mails
    lately as the organisation allows. `audienceHash` pins it for `/send`.
    """

    matched: int
    suppressed: int
    unsubscribed: int
    duplicate: int
    capped: int = 0
    will_send: int
    audience_hash: str
