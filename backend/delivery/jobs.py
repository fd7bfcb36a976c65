"""The jobs of a worker session. Each looks into the tables for what is due and loops until nothing is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from backend.db.feed import FeedChange, append_changes
from backend.delivery import agenda
from backend.delivery.advancing import advance
from backend.delivery.campaign_life import find_campaign, finish_if_done, move
from backend.delivery.engine import Engine, Handler
from backend.delivery.fencing import expired, fence
from backend.delivery.glance import Glance, glance
from backend.delivery.journal import Journal
from backend.delivery.leaving import let_go
from backend.delivery.pumping import PUMP, Pumping
from backend.delivery.sources import Source, SourceKind
from backend.delivery.tally import why_stopped
from backend.delivery.tools import Tools
from contract.feed import Kind
from contract.transitions import CampaignAction

TICK, FREEZE, STOP, SWEEP, ADVANCE = "tick", "freeze", "stop", "sweep", "advance"
EVERYWHERE = (TICK, PUMP)
"""Jobs that each worker does for itself: looking around, and sending over its own connections."""
MISSED_SCHEDULE = "missed_schedule"
SEPARATOR = "/"


class Jobs:
    """Handlers by name. Keys carry an organisation and what it is about."""

    def __init__(self, tools: Tools, engine: Engine, journal: Journal, session_id: str) -> None:
        self._tools = tools
        self._engine = engine
        self._session_id = session_id
        self.pumping = Pumping(tools, engine, journal, session_id)

    def handlers(self) -> Mapping[str, Handler]:
        """For `Engine.run`."""
        return {
            TICK: self.tick,
            FREEZE: self.freeze,
            PUMP: self.pump,
            STOP: self.stop_campaign,
            SWEEP: self.sweep,
            ADVANCE: self.advance,
        }

    async def tick(self, key: str) -> None:
        """Derive all work from the tables."""
        del key
        now = self._tools.clock.now()
        seen = await self._tools.database.read_ledger(partial(glance, session_id=self._session_id, now=now))
        if self._is_quiet(seen, now):
            self._tools.monitor.know_stopped({})
            await self._announce_bounces()
            if seen.due is not None:
                self._engine.enqueue(TICK, at=seen.due)
            return
        await self._look_around(now)

    def _is_quiet(self, seen: Glance, now: datetime) -> bool:
        """Nothing is due, nothing runs, and nobody can have entered a segment."""
        sweeps = self._tools.sweeps
        return not (
            seen.busy
            or self.pumping.is_busy
            or (seen.due is not None and seen.due <= now)
            or any(sweeps.would_look(sequence.source, sequence.seen) for sequence in seen.sequences)
        )

    async def _look_around(self, now: datetime) -> None:
        tools = self._tools
        await self._reap()
        async with tools.database.system_reader() as session:
            connection = await session.connection()
            starting, missed = await agenda.to_start(connection, now)
            running = await agenda.running(connection)
            stopped = await why_stopped(connection, [entry.source for entry in running])
            await self.pumping.hold_paused(connection)
            due = [entry for entry in running if await agenda.has_due(connection, entry.source, now)]
            found = [await tools.accounts.find(connection, e.source.org_id, e.account_id) for e in due]
            moment = await agenda.next_moment(connection, [entry.source for entry in running], now)
            active = [entry.source for entry in running if entry.source.kind is SourceKind.SEQUENCE]
            sweeping = [source for source in active if await tools.sweeps.is_due(connection, source)]
            moving = [source for source in active if await agenda.has_due_people(connection, source, now)]
        tools.monitor.know_stopped(stopped)
        for source in missed:
            await self._pause(source, MISSED_SCHEDULE)
        for source, reason in stopped.items():  # a breaker's word holds even if its first job was lost
            self.trip(source, reason)
        for source in starting:
            self._engine.enqueue(FREEZE, f"{source.org_id}{SEPARATOR}{source.id}")
        for account_key in dict.fromkeys(account.key for account in found if account is not None):
            self._engine.enqueue(PUMP, account_key)
        for job, sources in ((SWEEP, sweeping), (ADVANCE, moving)):
            for source in sources:
                self._engine.enqueue(job, f"{source.org_id}{SEPARATOR}{source.id}")
        idle = {entry.source for entry in running} - {entry.source for entry in due}
        await self._finish(idle)
        await self._announce_bounces()
        if moment is not None:
            self._engine.enqueue(TICK, at=moment)

    async def sweep(self, key: str) -> None:
        """Let go who reached the goal of one sequence, and enrol newcomers: a pass over the contacts."""
        source = _sequence(key)
        await let_go(self._tools.database, self._tools.audience, source, self._tools.clock.now())
        await self._tools.enroller.enrol(source.org_id, source.id)
        self._engine.enqueue(TICK)

    async def advance(self, key: str) -> None:
        """Move whoever is due in one sequence."""
        source, tools = _sequence(key), self._tools
        while await advance(tools.database, tools.audience, source, tools.clock):
            pass
        self._engine.enqueue(TICK)

    async def freeze(self, key: str) -> None:
        """Materialise one campaign."""
        org_id, _, campaign_id = key.partition(SEPARATOR)
        await self._tools.freezer.freeze(int(org_id), campaign_id)
        self._engine.enqueue(TICK)

    async def pump(self, key: str) -> None:
        """Send what is due through one account."""
        await self._finish(await self.pumping.pump(key))
        await self._announce_bounces()

    async def stop_campaign(self, key: str) -> None:
        """A breaker tripped: the campaign waits for a person."""
        org_id, campaign_id, reason = key.split(SEPARATOR, 2)
        await self._pause(Source(int(org_id), SourceKind.CAMPAIGN, campaign_id), reason)

    def trip(self, source: Source, reason: str) -> None:
        """Called by a breaker."""
        self._engine.enqueue(STOP, SEPARATOR.join((str(source.org_id), source.id, reason)))

    async def _reap(self) -> None:
        now = self._tools.clock.now()
        dead = expired(self._session_id, now)
        async with self._tools.database.system_reader() as session:
            if (await session.execute(dead)).first() is None:
                return
        async with self._tools.database.system_writer() as session:
            await fence(await session.connection(), dead, now)

    async def _pause(self, source: Source, reason: str) -> None:
        async with self._tools.database.writer(source.org_id) as session:
            campaign = await find_campaign(session, source.id)
            if campaign is not None:
                await move(session, campaign, CampaignAction.PAUSE, self._tools.clock.now(), reason)

    async def _finish(self, sources: Iterable[Source]) -> None:
        for source in sources:
            if source.kind is not SourceKind.CAMPAIGN:
                continue
            async with self._tools.database.writer(source.org_id) as session:
                await finish_if_done(session, source.id, self._tools.clock.now())
            self._tools.counts.forget(source.org_id, source.id)

    async def _announce_bounces(self) -> None:
        """One marker per organisation: its contacts changed."""
        orgs, self._tools.monitor.bounced_orgs = self._tools.monitor.bounced_orgs, set()
        for org_id in orgs:
            async with self._tools.database.writer(org_id) as session:
                await append_changes(session, [FeedChange(Kind.CONTACTS, "")], self._tools.clock.now())


def _sequence(key: str) -> Source:
    org_id, _, sequence_id = key.partition(SEPARATOR)
    return Source(int(org_id), SourceKind.SEQUENCE, sequence_id)
