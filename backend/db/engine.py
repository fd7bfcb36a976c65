"""The engine and the ways to a session: reader or writer, of one organisation, a user or the system.

SQLite: WAL, synchronous=FULL (what was answered survives a power cut), foreign keys on, and BEGIN
IMMEDIATE for writers, so that a transaction that will write never fails half-way with "database is
locked". Writers of one process queue on an asyncio lock, which is fair; SQLite's own wait is not.

PostgreSQL: a reader sees one snapshot and can write nothing; the writers of one organisation take turns
(backend/db/entry.py). No statement is prepared on the server but by workers, because behind a pooler another
client's statement could bear the same name.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from backend.db.direct import Direct
from backend.db.entry import SystemSession, stay_inside
from backend.db.session import OrgSession
from backend.db.standing import MEMBER, Member

Result = TypeVar("Result")

BUSY_TIMEOUT_MS = 5_000
POOL_SIZE = 10
_PATIENCE = "idle_in_transaction_session_timeout"
_UNPREPARED = {"prepare_threshold": None}
_PREPARED = {"prepare_threshold": 1}
_BATCH_CACHE_KIB = 16_000
"""A thousand people who move touch more pages than SQLite's own 2 MB hold, each of them several times."""
_LOOKS, _LOOKS_INSIDE = "looks", "looks inside"
"""The threads of those who only read."""
_SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_ISOLATED: dict[str, dict[str, Any]] = {_LOOKS: {"isolation_level": "AUTOCOMMIT"}, _LOOKS_INSIDE: _SNAPSHOT}
"""What PostgreSQL is told for all that a thread does."""
MIGRATING = "handbill_migrating"
"""An execution option: foreign keys are off, so that rebuilding a table does not delete its children."""


def _set_pragmas(connection: Any, record: object) -> None:
    del record
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _widen_cache(connection: Any, record: object) -> None:
    del record
    connection.execute(f"PRAGMA cache_size=-{_BATCH_CACHE_KIB}").close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(MIGRATING):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # has no effect inside a transaction
    immediate = options.get("immediate") or options.get(MIGRATING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _create_private(path: Path) -> None:
    """Make the file 0600 before SQLite would make it readable for others."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    os.close(descriptor)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def make_engine(url: str | URL, *, frozen_after: int | None = None) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///...`, whose file is made private, or `postgresql+psycopg://...`.

    `frozen_after`: the seconds after which PostgreSQL ends a transaction whose program says nothing more, so
    that a program that hangs holds no lock. Not for connections through a pooler.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed)
    if frozen_after is not None:
        said = f"{parsed.query.get('options', '')} -c {_PATIENCE}={frozen_after}s".strip()
        parsed = parsed.update_query_dict({"options": said})
    return create_async_engine(
        parsed,
        connect_args=_UNPREPARED,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_pre_ping=True,
    )


def _sqlite_engine(url: URL) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        _create_private(Path(url.database))
    engine = create_async_engine(url)
    _listen(engine.sync_engine)
    return engine


def _listen(engine: Engine) -> None:
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _direct_engine(url: URL, thread: str) -> Engine:
    """The same database for a worker, which waits for it in a thread.

    No pooler in transaction mode stands before a worker (docs/decisions/0005): its statements are prepared.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url.set(drivername="sqlite"))
        _listen(engine)
        event.listen(engine, "connect", _widen_cache)
        return engine.execution_options(immediate=thread not in (_LOOKS, _LOOKS_INSIDE))
    engine = create_engine(url, connect_args=_PREPARED, pool_size=1, pool_pre_ping=True)
    return engine.execution_options(**_ISOLATED.get(thread, {}))


def _inside(
    org_id: int, in_turn: bool, work: Callable[[Connection], Result], connection: Connection
) -> Result:
    stay_inside(connection, org_id, in_turn=in_turn)
    return work(connection)


class Database:
    """Sessions over one engine. A writer commits when its block ends and rolls back when it raises."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        if engine.dialect.name == "sqlite":
            self._snapshot = engine
            self._writing = engine.execution_options(immediate=True)
        else:
            self._snapshot = engine.execution_options(**_SNAPSHOT)
            self._writing = engine
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._direct: dict[str, Direct] = {}

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    def _turn(self, org_id: int | None) -> AbstractAsyncContextManager[None]:
        """What a writer of this process waits for, before it takes a connection.

        SQLite has one writer. On PostgreSQL each organisation has its own turns, and a busy one does not
        keep the pool's connections from the others while its writers wait.
        """
        if self.dialect == "sqlite":
            org_id = 0
        elif org_id is None:
            return nullcontext()
        return self._turns.setdefault(org_id, asyncio.Lock())

    @asynccontextmanager
    async def _reading(self, kind: type[Session], info: dict[str, Any]) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(
            self._snapshot, sync_session_class=kind, info=info, expire_on_commit=False
        ) as session:
            yield session

    @asynccontextmanager
    async def _write(self, kind: type[Session], info: dict[str, Any]) -> AsyncIterator[AsyncSession]:
        async with (
            self._turn(info.get("org_id")),
            AsyncSession(
                self._writing, sync_session_class=kind, info=info, expire_on_commit=False
            ) as session,
            session.begin(),
        ):
            yield session

    def reader(self, org_id: int, member: Member | None = None) -> AbstractAsyncContextManager[AsyncSession]:
        """A session of one organisation that commits nothing. `member`: whose `standing` will be asked."""
        return self._reading(OrgSession, {"org_id": org_id, MEMBER: member})

    def writer(self, org_id: int, member: Member | None = None) -> AbstractAsyncContextManager[AsyncSession]:
        """One write transaction of one organisation. Never open a second one inside it."""
        return self._write(OrgSession, {"org_id": org_id, MEMBER: member, "writes": True})

    def system_reader(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Without an organisation: for sign-in, administration and workers only."""
        return self._reading(SystemSession, {})

    def user_reader(
        self, user_id: int, org_id: int | None = None
    ) -> AbstractAsyncContextManager[AsyncSession]:
        """For sign-in: a user's own memberships in every organisation, and one organisation's sessions."""
        return self._reading(SystemSession, {"user_id": user_id, "org_id": org_id})

    def system_writer(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A write transaction without an organisation: for sign-in, administration and workers only."""
        return self._write(SystemSession, {})

    def ledger_writer(self, org_id: int) -> AbstractAsyncContextManager[AsyncSession]:
        """For workers: a write transaction inside one organisation, by Core statements.

        The organisation's other writers go on meanwhile, so it must lock what it decides about.
        """
        return self._write(SystemSession, {"inside": org_id})

    async def write_ledger(
        self,
        work: Callable[[Connection], Result],
        *,
        inside: int | None = None,
        in_turn: bool = False,
        thread: str = "ledger",
    ) -> Result:
        """What `work` does, as a worker's transaction that is one call in a thread.

        `inside`: as by `ledger_writer`, one organisation. `in_turn`: its other writers wait, and are waited
        for. What may wait for long, or must not hold up the ledger, has a `thread` of another name.
        """
        if inside is not None:
            work = partial(_inside, inside, in_turn, work)
        async with self._turn(inside if in_turn else None):
            return await self._directly(thread).run(work)

    async def read_ledger(self, work: Callable[[Connection], Result], *, inside: int | None = None) -> Result:
        """What `work` finds, as a worker's look that is one call in a thread.

        It sees the state of every organisation, or all there is `inside` one, as of one moment.
        """
        if inside is None:
            return await self._directly(_LOOKS).run(work)
        return await self._directly(_LOOKS_INSIDE).run(partial(_inside, inside, False, work))

    def _directly(self, thread: str) -> Direct:
        if thread not in self._direct:
            self._direct[thread] = Direct(_direct_engine(self.engine.url, thread))
        return self._direct[thread]

    async def close(self) -> None:
        while self._direct:
            await self._direct.popitem()[1].close()
        await self.engine.dispose()
