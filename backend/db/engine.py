"""The engine and the four ways to a session: reader or writer, of one organisation or of the system.

SQLite: WAL, synchronous=FULL (what was answered survives a power cut), foreign keys on, and BEGIN
IMMEDIATE for writers, so that a transaction that will write never fails half-way with "database is
locked". Writers of one process queue on an asyncio lock, which is fair; SQLite's own wait is not.
"""

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from backend.db.session import OrgSession

BUSY_TIMEOUT_MS = 5_000


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


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _create_private(path: Path) -> None:
    """Make the file 0600 before SQLite would make it readable for others."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    os.close(descriptor)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def make_engine(url: str | URL) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///...`; the file is made, private to this user."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        _create_private(Path(parsed.database))
    engine = create_async_engine(parsed)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


class Database:
    """Sessions over one engine. A writer commits when its block ends and rolls back when it raises."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(immediate=True)
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @asynccontextmanager
    async def _reading(self, kind: type[Session], info: dict[str, Any]) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(
            self.engine, sync_session_class=kind, info=info, expire_on_commit=False
        ) as session:
            yield session

    @asynccontextmanager
    async def _write(self, kind: type[Session], info: dict[str, Any]) -> AsyncIterator[AsyncSession]:
        async with (
            self._turn,
            AsyncSession(
                self._writing, sync_session_class=kind, info=info, expire_on_commit=False
            ) as session,
            session.begin(),
        ):
            yield session

    def reader(self, org_id: int) -> AbstractAsyncContextManager[AsyncSession]:
        """A session of one organisation that commits nothing."""
        return self._reading(OrgSession, {"org_id": org_id})

    def writer(self, org_id: int) -> AbstractAsyncContextManager[AsyncSession]:
        """One write transaction of one organisation. Never open a second one inside it."""
        return self._write(OrgSession, {"org_id": org_id})

    def system_reader(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Without an organisation: for sign-in, administration and workers only."""
        return self._reading(Session, {})

    def system_writer(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A write transaction without an organisation: for sign-in, administration and workers only."""
        return self._write(Session, {})

    async def close(self) -> None:
        await self.engine.dispose()
