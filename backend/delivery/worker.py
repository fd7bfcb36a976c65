"""The sending worker: one session and one journal at a time, started again whenever it ends.

Crash-only: everything it knows can be found again in the tables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.delivery.engine import Engine
from backend.delivery.fencing import (
    HEARTBEAT_SECONDS,
    begin_session,
    crew,
    fence,
    others,
    renew_session,
    this_one,
)
from backend.delivery.jobs import TICK, Jobs
from backend.delivery.journal import Journal
from backend.delivery.tools import Tools

log = structlog.get_logger(__name__)

TICK_SECONDS = 2.0
DRAIN_SECONDS = 10.0
RESTART_SECONDS = 1.0


Agree = Callable[[AsyncConnection], Awaitable[None]]


class Worker:
    """`alone`: no other worker can be alive (a file lock is held), so every older session is dead.

    `agree` sets the clock by the database's, before anything is compared with it. `on_start` is called when a
    session has begun.
    """

    def __init__(
        self,
        tools: Tools,
        make_engine: Callable[[], Engine],
        *,
        alone: bool,
        agree: Agree | None = None,
        on_start: Callable[[], None] | None = None,
    ) -> None:
        self._tools = tools
        self._make_engine = make_engine
        self._alone = alone
        self._agree = agree
        self._on_start = on_start
        self._engine: Engine | None = None
        self._jobs: Jobs | None = None
        self._stopping = False

    def wake(self) -> None:
        """Something may be due."""
        if self._engine is not None:
            self._engine.enqueue(TICK)

    async def run(self) -> None:
        """Work until `stop`."""
        while not self._stopping:
            try:
                await self._one_session(uuid4().hex)
            except Exception as error:  # noqa: BLE001 - whatever it was, a fresh session may do better
                log.warning("session_failed", error=type(error).__name__)
                await self._tools.clock.sleep(RESTART_SECONDS)

    async def stop(self) -> None:
        """Let mails on the wire end, give the rest back, and end our own session."""
        self._stopping = True
        await self._drain()

    async def _drain(self) -> None:
        if self._engine is not None and self._jobs is not None:
            self._jobs.pumping.stop()
            await self._engine.stop(DRAIN_SECONDS)

    async def _one_session(self, session_id: str) -> None:
        tools = self._tools
        await self._begin(session_id)
        journal = Journal(tools.database, session_id, tools.clock, tools.monitor.listen)
        engine = self._engine = self._make_engine()
        jobs = self._jobs = Jobs(tools, engine, journal, session_id)
        tools.monitor.on_trip = jobs.trip
        engine.schedule(TICK, TICK_SECONDS)
        await self._renew(session_id, jobs)
        tasks = [asyncio.create_task(journal.run()), asyncio.create_task(self._beat(session_id, jobs))]
        if self._on_start is not None:
            self._on_start()
        try:
            await engine.run(jobs.handlers())
            await journal.settled()
        finally:
            self._engine = self._jobs = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._end(session_id)

    async def _begin(self, session_id: str) -> None:
        async with self._tools.database.system_writer() as session:
            connection = await session.connection()
            if self._agree is not None:
                await self._agree(connection)
            now = self._tools.clock.now()
            await begin_session(connection, session_id, now)
            if self._alone:
                reaped = await fence(connection, others(session_id), now)
                if reaped.sessions:
                    log.warning("sessions_reaped", returned=reaped.returned, unknown=reaped.unknown)

    async def _end(self, session_id: str) -> None:
        async with self._tools.database.system_writer() as session:
            await fence(await session.connection(), this_one(session_id), self._tools.clock.now())

    async def _beat(self, session_id: str, jobs: Jobs) -> None:
        while True:
            await self._tools.clock.sleep(HEARTBEAT_SECONDS)
            try:
                mine = await self._renew(session_id, jobs)
            except SQLAlchemyError as error:
                log.warning("heartbeat_failed", error=type(error).__name__)
                continue
            if not mine:
                log.warning("session_fenced")
                await self._drain()
                return

    async def _renew(self, session_id: str, jobs: Jobs) -> bool:
        async with self._tools.database.system_writer() as session:
            connection = await session.connection()
            if self._agree is not None:
                await self._agree(connection)
            now = self._tools.clock.now()
            mine = await renew_session(connection, session_id, now)
            jobs.pumping.crew = await crew(connection, now)
        return mine
