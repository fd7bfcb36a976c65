"""Twins of the sending ports that send nothing: for tests of routes, and for a process without a worker."""

from collections.abc import Sequence as Many
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.db.models.sequence import Sequence
from backend.names import NamesError
from backend.ports import DeliveryFilter, DeliveryPage
from backend.sequence_rules import publish_rules
from contract.delivery import GOT_IT, DeliveryState, Funnel, Progress
from contract.delivery import Delivery as DeliveryRow
from contract.preflight import PreflightPage
from contract.problems import PlanDriftedError, SegmentMissingError
from contract.reports import CampaignReport, SequenceReport
from contract.sequences import Enrolment, Plan, SequenceResume
from contract.simulation import Ending, Simulate, Simulation
from contract.transitions import CampaignStatus


class MemoryDelivery:
    """Remembers what it was told. `funnel`, `rows` and `servers`, those that work, are what tests put in."""

    def __init__(self) -> None:
        self.funnel = Funnel(
            matched=3, suppressed=1, unsubscribed=0, duplicate=0, will_send=2, audience_hash="h1"
        )
        self.rows: list[DeliveryRow] = []
        self.waiting: list[str] = []
        self.public_url: str | None = None
        self.changed: list[tuple[str, str]] = []
        self.tested: list[str] = []
        self.servers: set[str] = set()
        self.woken = 0
        self.is_busy = False

    async def audience(self, session: AsyncSession, campaign: Campaign, now: datetime) -> Funnel:
        del session, now
        if campaign.segment_id is None:
            raise SegmentMissingError
        return self.funnel

    async def progress(self, session: AsyncSession, source_ids: Many[str]) -> dict[str, Progress]:
        del session, source_ids
        return {}

    async def test(
        self, session: AsyncSession, campaign: Campaign, to: Many[str], contact_id: int | None
    ) -> list[str]:
        del session, campaign, contact_id
        self.tested += to
        return list(to)

    async def preflight(
        self, session: AsyncSession, campaign: Campaign, limit: int, cursor: str | None, now: datetime
    ) -> PreflightPage:
        del session, limit, cursor, now
        if campaign.segment_id is None:
            raise SegmentMissingError
        return PreflightPage(checked=self.funnel.will_send, broken=[], next_cursor=None)

    @property
    def installation(self) -> str | None:
        return "127.0.0.1:25"

    async def try_server(self, account: SendingAccount, password: str) -> str | None:
        del password
        return None if account.host in self.servers else f"{account.host}:{account.port} cannot be used"

    async def report(self, session: AsyncSession, campaign: Campaign) -> CampaignReport:
        del session, campaign
        return CampaignReport(progress=Progress(total=0))

    async def sequence_report(
        self, session: AsyncSession, sequence: Sequence, now: datetime
    ) -> SequenceReport:
        del session, sequence, now
        return SequenceReport(progress=Progress(total=0))

    async def deliveries(
        self,
        session: AsyncSession,
        source_id: str,
        wanted: DeliveryFilter,
        page: DeliveryPage,
    ) -> list[DeliveryRow]:
        del session, source_id
        fitting = [row for row in self._fitting(wanted) if int(row.id) > page.after]
        return fitting[page.offset or 0 :][: page.limit]

    def _fitting(self, wanted: DeliveryFilter) -> list[DeliveryRow]:
        return [
            row
            for row in self.rows
            if wanted.state in (None, row.state)
            and wanted.delivered in (None, row.state in GOT_IT)
            and (wanted.reason or "").casefold() in row.reason.casefold()
            and (wanted.words or "").casefold() in f"{row.email} {row.reason}".casefold()
        ]

    async def count_deliveries(self, session: AsyncSession, source_id: str, wanted: DeliveryFilter) -> int:
        del session, source_id
        return len(self._fitting(wanted))

    async def resend(
        self,
        session: AsyncSession,
        source: Campaign | Sequence,
        ids: Many[int] | None,
        words: str | None,
        now: datetime,
    ) -> int:
        del session, source, now
        unknown = self._fitting(DeliveryFilter(DeliveryState.UNKNOWN, words=words))
        chosen = [row for row in unknown if ids is None or int(row.id) in ids]
        for row in chosen:
            row.state = DeliveryState.PENDING
        return len(chosen)

    async def waits(self, session: AsyncSession, campaigns: Many[Campaign]) -> dict[str, list[str]]:
        del session
        return {row.id: self.waiting for row in campaigns if row.status == CampaignStatus.SENDING}

    async def status_changed(self, session: AsyncSession, campaign: Campaign, now: datetime) -> None:
        del session, now
        self.changed.append((campaign.id, campaign.status))

    def wake(self) -> None:
        self.woken += 1

    async def busy(self, until: datetime | None = None) -> bool:
        del until
        return self.is_busy


class MemorySequencing:
    """Publishes without enrolling anyone. The plan's hash is `plan_hash`, which tests may change."""

    def __init__(self) -> None:
        self.plan_hash = "p1"
        self.changed: list[tuple[str, str]] = []
        self.resumed: list[SequenceResume] = []

    async def plan(self, session: AsyncSession, sequence: Sequence, now: datetime) -> Plan:
        del session, now
        steps = len(sequence.steps_json["steps"])
        return Plan(
            plan_hash=self.plan_hash,
            will_enrol=0,
            active=0,
            due_now=0,
            steps_added=steps,
            steps_removed=0,
            steps_changed=0,
            moved=False,
        )

    async def simulate(
        self, session: AsyncSession, sequence: Sequence, wanted: Simulate, now: datetime
    ) -> Simulation:
        del session
        return Simulation(
            email=wanted.email,
            time_zone="UTC",
            draft=sequence.published_revision == 0,
            continues=False,
            entered_at=now,
            mails=[],
            ending=Ending.FINISHED,
            ends_at=now,
        )

    async def activate(
        self, session: AsyncSession, sequence: Sequence, plan_hash: str | None, now: datetime
    ) -> None:
        del session, now
        if sequence.segment_id is None:
            raise SegmentMissingError
        if plan_hash not in (None, self.plan_hash):
            raise PlanDriftedError
        sequence.published_revision += 1
        publish_rules(sequence)

    async def status_changed(self, session: AsyncSession, sequence: Sequence, now: datetime) -> None:
        del session, now
        self.changed.append((sequence.id, sequence.status))

    async def overdue(self, session: AsyncSession, sequence: Sequence, now: datetime) -> int:
        del session, sequence, now
        return 0

    async def resume(
        self, session: AsyncSession, sequence: Sequence, wanted: SequenceResume, now: datetime
    ) -> None:
        del session, sequence, now
        self.resumed.append(wanted)

    async def enrolments(
        self, session: AsyncSession, sequence: Sequence, before: int | None, limit: int
    ) -> list[tuple[int, Enrolment]]:
        del session, sequence, before, limit
        return []

    async def active(self, session: AsyncSession, sequence_ids: Many[str]) -> dict[str, int]:
        del session, sequence_ids
        return {}


class MemoryNames:
    """A domain name system of what tests put in; `away` says that nobody can be asked."""

    def __init__(self) -> None:
        self.txt: dict[str, list[str]] = {}
        self.hosts: dict[str, list[str]] = {}
        self.mx: dict[str, list[str]] = {}
        self.away = False

    def _of(self, records: dict[str, list[str]], name: str) -> list[str]:
        if self.away:
            message = f"{name} could not be looked up (no answer); is there a network?"
            raise NamesError(message)
        return records.get(name, [])

    async def texts(self, name: str) -> list[str]:
        return self._of(self.txt, name)

    async def addresses(self, name: str) -> list[str]:
        return self._of(self.hosts, name)

    async def mail_servers(self, name: str) -> list[str]:
        return self._of(self.mx, name)
