"""The engine of several workers on one PostgreSQL: hints travel by NOTIFY, a lock keeps a job to one worker.

Nothing is stored. A hint that is lost costs at most the time to the next tick, because what is due stands in
the tables; and a lock is the server's own, so it is free as soon as the connection that held it has ended.

It needs connections of its own that last: no pooler in transaction mode may stand in between.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import psycopg
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.delivery.engine import EngineStatus, Handler
from backend.delivery.memory_engine import MemoryEngine
from contract.clock import Clock

log = structlog.get_logger(__name__)

CHANNEL = "handbill_jobs"
RETRY = timedelta(seconds=1)
LOCK_NUMBERS = b"handbill job "
"""Keeps our locks apart from those of other programs in the same database."""

_SOON_NOTICED = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;"
    " SET idle_session_timeout = 0"
)
"""A host that lost its power keeps its locks for about ten seconds."""

Connect = Callable[[], Awaitable[psycopg.AsyncConnection]]


def own_connections(engine: AsyncEngine) -> Connect:
    """How to open further connections of the same kind, beside the pool's."""
    _, parameters = engine.dialect.create_connect_args(engine.url)

    async def connect() -> psycopg.AsyncConnection:
        connection = await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
        await connection.execute(_SOON_NOTICED)
        return connection

    return connect


def hint(name: str, key: str = "") -> str:
    """A job as it travels."""
    return f"{name}:{key}"


def lock_number(name: str, key: str) -> int:
    """The same in every worker, signed as PostgreSQL wants it."""
    digest = hashlib.sha256(LOCK_NUMBERS + hint(name, key).encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


class _Locks:
    """Locks of this worker, on one connection; all are lost with it."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: psycopg.AsyncConnection | None = None
        self._opening = asyncio.Lock()

    async def _ask(self, question: str, *values: object) -> bool:
        async with self._opening:
            if self._connection is None or self._connection.closed:
                self._connection = await self._connect()
        row = await (await self._connection.execute(question.encode(), values)).fetchone()
        return row is not None and bool(row[0])

    async def take(self, number: int) -> bool:
        """Whether it is ours now. Never waits for another worker."""
        return await self._ask("SELECT pg_try_advisory_lock(%s)", number)

    async def give_back(self, number: int) -> None:
        with suppress(psycopg.Error):  # then it is free already
            await self._ask("SELECT pg_advisory_unlock(%s)", number)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


class PostgresEngine:
    """Runs jobs as the twin of one process does, and agrees with the other workers on who runs what.

    Jobs named in `everywhere` run in each worker for itself, one of each key per worker.
    """

    def __init__(self, connect: Connect, clock: Clock, *, everywhere: Collection[str]) -> None:
        self._connect = connect
        self._clock = clock
        self._everywhere = frozenset(everywhere)
        self._local = MemoryEngine(clock)
        self._locks = _Locks(connect)

    def enqueue(self, name: str, key: str = "", at: datetime | None = None) -> None:
        self._local.enqueue(name, key, at)

    def schedule(self, name: str, every_seconds: float) -> None:
        self._local.schedule(name, every_seconds)

    def status(self) -> EngineStatus:
        return self._local.status()

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        guarded = {
            name: handler if name in self._everywhere else partial(self._alone, name, handler)
            for name, handler in handlers.items()
        }
        listening = asyncio.create_task(self._listen(handlers))
        try:
            await self._local.run(guarded)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await self._locks.close()

    async def stop(self, seconds: float) -> None:
        await self._local.stop(seconds)

    async def _alone(self, name: str, handler: Handler, key: str) -> None:
        """While another worker has the job we ask again, for it may have looked before there was work."""
        number = lock_number(name, key)
        if not await self._locks.take(number):
            self._local.enqueue(name, key, self._clock.now() + RETRY)
            return
        try:
            await handler(key)
        finally:
            await self._locks.give_back(number)

    async def _listen(self, names: Collection[str]) -> None:
        while True:
            try:
                async with await self._connect() as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    async for notice in connection.notifies():
                        self._hear(notice.payload, names)
            except psycopg.Error as error:
                log.warning("hints_are_not_heard", error=type(error).__name__)
            await self._clock.sleep(RETRY.total_seconds())

    def _hear(self, words: str, names: Collection[str]) -> None:
        name, _, key = words.partition(":")
        if name in names:
            self._local.enqueue(name, key)
