"""The one writing connection to a local store.

WAL with `synchronous=FULL`: what a commit acknowledged survives a power cut, which NORMAL does not
promise. Every transaction begins IMMEDIATE, because a deferred one that turns into a writer beside
another process fails at once instead of waiting.
"""

import errno
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}


def open_engine(path: Path) -> AsyncEngine:
    """An engine with a single connection; whoever comes second waits for it. Dispose it when done."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=1, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 5000")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def storage_sentence(error: BaseException) -> str | None:
    """What to tell the person if this error means that nothing can be stored here; else None."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "disk full"
    original = getattr(error, "orig", error)
    code = (getattr(original, "sqlite_errorcode", None) or 0) & 0xFF
    if code in _FULL:
        return "disk full"
    if code in _READ_ONLY:
        return "the folder cannot be written"
    return None
