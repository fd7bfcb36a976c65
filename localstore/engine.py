"""The connections to a local store: one that writes, and one that only reads.

WAL with `synchronous=FULL`: what a commit acknowledged survives a power cut, which NORMAL does not
promise. Every writing transaction begins IMMEDIATE, because a deferred one that turns into a writer beside
another process fails at once instead of waiting. The log is never moved into the file by a commit
(`wal_autocheckpoint=0`): that is done by the one process that syncs, when nothing else happens.
"""

import errno
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_FULL = {sqlite3.SQLITE_FULL}
_BROKEN_DISK = {sqlite3.SQLITE_IOERR}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_WORDS = (
    (_FULL, "disk full"),
    (_BROKEN_DISK, "the disk does not take it"),
    (_READ_ONLY, "the folder cannot be written"),
    (_BUSY, "another program holds the file"),
    (_DAMAGED, "the file is damaged; restart to recover it"),
)


WRITER_PRAGMAS = ("synchronous = FULL", "wal_autocheckpoint = 0")
"""What the promise about power cuts stands on; a test cuts the power with these."""


def _open(address: str, pragmas: tuple[str, ...], begin: str) -> AsyncEngine:
    engine = create_async_engine(address, pool_size=1, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("busy_timeout = 5000", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def open_writer(path: Path) -> AsyncEngine:
    """An engine with a single connection; whoever comes second waits for it. Dispose it when done."""
    return _open(f"sqlite+aiosqlite:///{path}", WRITER_PRAGMAS, "BEGIN IMMEDIATE")


def open_reader(path: Path) -> AsyncEngine:
    """An engine whose single connection never waits for the writer. Dispose it when done."""
    return _open(f"sqlite+aiosqlite:///{path}", ("query_only = ON",), "BEGIN")


def storage_sentence(error: BaseException) -> str | None:
    """What to tell the person if this error means that nothing can be stored here; else None."""
    if isinstance(error, OSError):
        return {errno.ENOSPC: "disk full", errno.EROFS: "the folder cannot be written"}.get(error.errno or 0)
    original = getattr(error, "orig", error)
    code = (getattr(original, "sqlite_errorcode", None) or 0) & 0xFF
    return next((words for codes, words in _WORDS if code in codes), None)
