"""One start of a sending process, whose jobs run when a test says so and which can die at any moment."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from backend.delivery.engine import EngineStatus, Handler
from backend.delivery.fencing import begin_session, fence, others, renew_session
from backend.delivery.jobs import TICK, Jobs
from backend.delivery.journal import Journal
from contract.clock import ManualClock

if TYPE_CHECKING:
    from tests.backend.delivery.world import World


class HandEngine:
    """Runs jobs only when the test says so, one at a time, in order."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.waiting: dict[tuple[str, str], None] = {}
        self.timers: list[tuple[datetime, int, tuple[str, str]]] = []
        self.order = itertools.count()

    def enqueue(self, name: str, key: str = "", at: datetime | None = None) -> None:
        if at is None or at <= self.clock.now():
            self.waiting[name, key] = None
        else:
            heapq.heappush(self.timers, (at, next(self.order), (name, key)))

    def schedule(self, name: str, every_seconds: float) -> None:
        self.enqueue(name)

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        while self.waiting:
            name, key = next(iter(self.waiting))
            del self.waiting[name, key]
            await handlers[name](key)

    async def stop(self, seconds: float) -> None:
        self.waiting.clear()

    def status(self) -> EngineStatus:
        return EngineStatus((), tuple(":".join(job) for job in self.waiting), stopping=False)


async def _at_once() -> None:
    """A dead process waits for nothing."""


class Process:
    """One start of a sending process. `kill` ends it as kill -9 would: nothing is tidied up."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.session_id = uuid4().hex
        self.engine = HandEngine(world.clock)
        self.journal = Journal(
            world.database, self.session_id, world.clock, world.sending.tools.monitor.listen
        )
        self.jobs = Jobs(world.sending.tools, self.engine, self.journal, self.session_id)
        world.sending.tools.monitor.on_trip = self.jobs.trip
        self.writing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        async with self.world.database.system_writer() as session:
            connection = await session.connection()
            await begin_session(connection, self.session_id, self.world.clock.now())
            await fence(connection, others(self.session_id), self.world.clock.now())
        self.writing = asyncio.create_task(self.journal.run())

    async def work(self) -> None:
        """Everything that is due now, after a heartbeat."""
        async with self.world.database.system_writer() as session:
            await renew_session(await session.connection(), self.session_id, self.world.clock.now())
        self.engine.enqueue(TICK)
        await self.engine.run(self.jobs.handlers())

    async def after(self, seconds: float) -> None:
        """Everything that is due so much later."""
        await self.world.clock.advance(seconds)
        await self.work()

    async def run_until(self, moment: datetime) -> None:
        """Work from one moment at which something is due to the next, with a sweep a minute before each."""
        clock = self.world.clock
        await self.work()
        while clock.now() < moment:
            await self.work()  # looks at what the last work put off
            due = [at for at, _, _ in self.engine.timers if clock.now() < at < moment]
            following = min(due, default=moment)
            for at in (following - timedelta(seconds=70), following):
                if at > clock.now():
                    await clock.advance((at - clock.now()).total_seconds())
                    await self.work()

    async def kill(self) -> None:
        assert self.writing is not None
        self.journal.settled = _at_once  # type: ignore[method-assign]
        self.writing.cancel()
        await asyncio.gather(self.writing, return_exceptions=True)
