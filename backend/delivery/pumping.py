"""The job `pump`: sending what is due through one account, as far as it may be used."""

from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.delivery import agenda
from backend.delivery.account_health import Health, health_of, note_success, note_trouble
from backend.delivery.accounts import Account
from backend.delivery.claims import claim_due
from backend.delivery.engine import Engine
from backend.delivery.journal import Journal
from backend.delivery.letter import Letter
from backend.delivery.pump import Pump
from backend.delivery.seats import seats_of
from backend.delivery.sources import Claimed, Source
from backend.delivery.still_wanted import still_wanted
from backend.delivery.tally import why_stopped
from backend.delivery.tools import Tools
from backend.delivery.turns import Turns

PUMP = "pump"


@dataclass(frozen=True, slots=True)
class _Running:
    account: Account
    pump: Pump


@dataclass(frozen=True, slots=True)
class _Due:
    account: Account
    health: Health
    sources: list[Source]


class Pumping:
    """The pumps of one worker session. `crew`: the sessions that divide each account's connections."""

    def __init__(self, tools: Tools, engine: Engine, journal: Journal, session_id: str) -> None:
        self._tools = tools
        self._engine = engine
        self._journal = journal
        self._session_id = session_id
        self._running: dict[str, _Running] = {}
        self._stopping = False
        self.crew: list[str] = [session_id]

    def stop(self) -> None:
        """Let each lane end the mail it is at, and take no other."""
        self._stopping = True
        for running in self._running.values():
            running.pump.stopping = True

    @property
    def is_busy(self) -> bool:
        """Whether anything goes out now."""
        return bool(self._running)

    async def hold_paused(self, connection: AsyncConnection) -> None:
        """Stop the pumps whose account a person paused since they began; what they hold goes back."""
        for running in list(self._running.values()):
            account = running.account
            found = await self._tools.accounts.find(connection, account.org_id, account.id or None)
            if found is None or found.paused:
                running.pump.stopping = True

    async def pump(self, key: str) -> list[Source]:
        """Send until nothing is due or nothing may go; the sources that were worked on."""
        worked: dict[Source, None] = {}
        while not self._stopping:
            due = await self._due_through(key)
            if due is None:
                break
            rests_until = due.health.rests_until
            if rests_until is not None and rests_until > self._tools.clock.now():
                self._engine.enqueue(PUMP, key, at=rests_until)
                break
            worked |= dict.fromkeys(due.sources)
            if not await self._pump_once(due):
                break
        return list(worked)

    async def _pump_once(self, due: _Due) -> bool:
        """Whether to look for more."""
        account = due.account
        pump = self._new_pump(account)
        self._running[account.key] = _Running(account, pump)
        try:
            await pump.run(due.sources)
        finally:
            del self._running[account.key]
        if pump.trouble is not None:
            until = await note_trouble(self._tools.database, self._tools.clock, account, pump.trouble)
            self._engine.enqueue(PUMP, account.key, at=until)
            return False
        if due.health.failures and pump.worked:
            await note_success(self._tools.database, account)
        if pump.capped is not None:
            self._engine.enqueue(PUMP, account.key, at=pump.capped.until)
            return False
        return pump.worked and not pump.failed

    def _new_pump(self, account: Account) -> Pump:
        tools = self._tools

        async def letter_for(row: Claimed) -> Letter:
            return await tools.letters.find(row.source, row.revision, row.step_id, account)

        return Pump(
            account=account,
            mailer=tools.mailer,
            journal=self._journal,
            turns=Turns(tools.database, tools.clock, account),
            seats=lambda: seats_of(self._session_id, self.crew, account.key, account.lanes),
            clock=tools.clock,
            random=tools.random,
            claim=self._claim,
            letter_for=letter_for,
            closed=tools.monitor.is_stopped,
        )

    async def _due_through(self, key: str) -> _Due | None:
        now = self._tools.clock.now()
        account: Account | None = None
        sources: list[Source] = []
        async with self._tools.database.system_reader() as session:
            connection = await session.connection()
            running = await agenda.running(connection)
            stopped = await why_stopped(connection, [entry.source for entry in running])
            for entry in running:
                if entry.source in stopped or not await agenda.has_due(connection, entry.source, now):
                    continue
                found = await self._tools.accounts.find(connection, entry.source.org_id, entry.account_id)
                if found is not None and found.key == key and not found.paused:
                    account = found
                    sources.append(entry.source)
            return None if account is None else await self._with_health(connection, account, sources)

    async def _with_health(
        self, connection: AsyncConnection, account: Account, sources: list[Source]
    ) -> _Due:
        return _Due(account, await health_of(connection, account), sources)

    async def _claim(self, source: Source, limit: int) -> tuple[list[Claimed], int]:
        tools, session_id, now = self._tools, self._session_id, self._tools.clock.now()
        claim = partial(claim_due, source=source, session_id=session_id, now=now, limit=limit)
        claims = await tools.database.write_ledger(claim, inside=source.org_id)
        try:
            mails = await still_wanted(tools.database, tools.audience, claims, session_id, now)
        except BaseException:
            for mail in claims.mails:
                self._journal.back(mail)
            raise
        return mails, claims.taken
