"""What became of each mail."""

from enum import StrEnum

from contract.wire import Answer, RowId, Timestamp


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
    """One mail to one contact. `reason` says why it was skipped, refused or is unknown."""

    id: RowId
    contact_id: RowId
    email: str
    name: str | None = None
    state: DeliveryState
    reason: str = ""
    attempts: int
    updated_at: Timestamp
    due_at: Timestamp | None = None


class DeliveryList(Answer):
    """A page of deliveries in the order they were made."""

    deliveries: list[Delivery]
    next_cursor: str | None


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


class HourCount(Answer):
    """Mails accepted within one minute, for the plot."""

    at: Timestamp
    accepted: int


class Report(Answer):
    """What became of a campaign."""

    progress: Progress
    reasons: dict[str, int] = {}
    timeline: list[HourCount] = []
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None


class ReportAnswer(Answer):
    """One report."""

    report: Report
