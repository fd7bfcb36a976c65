"""What the domains may ask of each other, so that none imports another.

`backend/app.py` hands in the implementations; `backend/ports_memory.py` has twins that tests use.
Every method works inside the caller's session and never commits.
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.db.models.sequence import Sequence
from backend.names import Names
from contract.delivery import Delivery as DeliveryRow
from contract.delivery import DeliveryState, Funnel, Progress
from contract.preflight import PreflightPage
from contract.reports import CampaignReport, SequenceReport
from contract.sequences import Enrolment, Plan, SequenceResume
from contract.simulation import Simulate, Simulation


class Audience(Protocol):
    """Who a segment means."""

    async def members(self, session: AsyncSession, segment_id: str, now: datetime) -> ColumnElement[bool]:
        """A condition over `Contact` that holds for the evaluated audience, manual decisions included.

        It says nothing about suppression or unsubscribing. Raises `SegmentMissingError`.
        """


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which mails of a campaign or a sequence are asked for.

    In this state; that arrived or did not; with these words in their reason; in address or reason.
    """

    state: DeliveryState | None = None
    delivered: bool | None = None
    reason: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """At most `limit` mails, of ids above `after`, or from this position on where one is given."""

    limit: int
    after: int = 0
    offset: int | None = None


class Delivery(Protocol):
    """Sending, as campaigns see it."""

    async def audience(self, session: AsyncSession, campaign: Campaign, now: datetime) -> Funnel:
        """Who would be mailed now. Raises `SegmentMissingError`."""

    async def progress(self, session: AsyncSession, source_ids: Many[str]) -> dict[str, Progress]:
        """Counts of those campaigns and sequences that have mails; others may be absent."""

    async def test(
        self, session: AsyncSession, campaign: Campaign, to: Many[str], contact_id: int | None
    ) -> list[str]:
        """Send a [Test] mail to these addresses; the ones the server took. The session only reads."""

    async def preflight(
        self, session: AsyncSession, campaign: Campaign, limit: int, cursor: str | None, now: datetime
    ) -> PreflightPage:
        """Render the next `limit` recipients' copies. Raises `SegmentMissingError`, `NotReadyError`."""

    @property
    def public_url(self) -> str | None:
        """Where recipients reach this installation; None where they do not."""

    @property
    def installation(self) -> str | None:
        """The server that sends where an organisation has no account, as `host:port`."""

    async def try_server(self, account: SendingAccount, password: str) -> str | None:
        """Open a session with these settings and end it; why that does not work, in words."""

    async def report(self, session: AsyncSession, campaign: Campaign) -> CampaignReport:
        """What became of it."""

    async def sequence_report(
        self, session: AsyncSession, sequence: Sequence, now: datetime
    ) -> SequenceReport:
        """What became of it so far."""

    async def deliveries(
        self,
        session: AsyncSession,
        source_id: str,
        wanted: DeliveryFilter,
        page: DeliveryPage,
    ) -> list[DeliveryRow]:
        """Mails of a campaign or a sequence, in the order of ids."""

    async def count_deliveries(self, session: AsyncSession, source_id: str, wanted: DeliveryFilter) -> int:
        """How many fit; a moment old while they move."""

    async def resend(
        self,
        session: AsyncSession,
        source: Campaign | Sequence,
        ids: Many[int] | None,
        words: str | None,
        now: datetime,
    ) -> int:
        """Make unknown mails due again: these, or all with these words; how many."""

    async def waits(self, session: AsyncSession, campaigns: Many[Campaign]) -> dict[str, list[str]]:
        """Why mails of these that are due do not leave, by campaign."""

    async def status_changed(self, session: AsyncSession, campaign: Campaign, now: datetime) -> None:
        """A person paused, resumed or cancelled it, in this transaction."""

    def wake(self) -> None:
        """Called after the commit: something may be due."""

    async def busy(self, until: datetime | None = None) -> bool:
        """Whether anything is scheduled, being sent, or waiting in a sequence, in any organisation.

        With `until`, what is due later than that does not count.
        """


class Sequencing(Protocol):
    """People in sequences, as sequences see them."""

    async def plan(self, session: AsyncSession, sequence: Sequence, now: datetime) -> Plan:
        """What publishing the draft would do."""

    async def simulate(
        self, session: AsyncSession, sequence: Sequence, wanted: Simulate, now: datetime
    ) -> Simulation:
        """What one contact would get, and when, without writing. `MissingError`, `NotReadyError`."""

    async def activate(
        self, session: AsyncSession, sequence: Sequence, plan_hash: str | None, now: datetime
    ) -> None:
        """Publish the draft: sets `published_revision`. Raises `PlanDriftedError`, `SegmentMissingError`."""

    async def status_changed(self, session: AsyncSession, sequence: Sequence, now: datetime) -> None:
        """A person paused or resumed it, in this transaction."""

    async def overdue(self, session: AsyncSession, sequence: Sequence, now: datetime) -> int:
        """How many people would get a mail at once."""

    async def resume(
        self, session: AsyncSession, sequence: Sequence, wanted: SequenceResume, now: datetime
    ) -> None:
        """Decide about what became due during the pause, in this transaction."""

    async def enrolments(
        self, session: AsyncSession, sequence: Sequence, before: int | None, limit: int
    ) -> list[tuple[int, Enrolment]]:
        """Newest first, with the position that `before` takes."""

    async def active(self, session: AsyncSession, sequence_ids: Many[str]) -> dict[str, int]:
        """How many people are in each; absent means none."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The implementations this process runs with."""

    audience: Audience
    delivery: Delivery
    sequencing: Sequencing
    names: Names
