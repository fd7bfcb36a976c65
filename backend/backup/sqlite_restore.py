"""Putting a copy in the place of the database; the old file stays beside it."""

import asyncio
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from backend.backup.quiet import Quieted, quiet
from backend.backup.sqlite_copy import checked_version, copy_database
from backend.db.engine import Database, make_engine
from backend.db.schema import prepare_database
from backend.secret_key import SecretKeys

COMPANIONS = ("-wal", "-shm")


async def _made_ready(path: Path, keys: SecretKeys, now: datetime) -> Quieted:
    database = Database(make_engine(f"sqlite+aiosqlite:///{path}"))
    try:
        await prepare_database(database.engine)
        return await quiet(database, keys, now)
    finally:
        await database.close()


def _remove(path: Path) -> None:
    for name in ("", *COMPANIONS):
        path.with_name(path.name + name).unlink(missing_ok=True)


def _swap(fresh: Path, database: Path, aside: Path) -> None:
    """The old file has both names for a moment, so that there is a database at every moment."""
    if database.exists():
        try:
            os.link(database, aside)
        except OSError:
            database.rename(aside)
    for name in COMPANIONS:  # what was committed but is not in the file yet belongs to the old one
        with suppress(FileNotFoundError):
            database.with_name(database.name + name).rename(aside.with_name(aside.name + name))
    fresh.replace(database)


def restore_sqlite(
    backup: Path, database: Path, keys: SecretKeys, now: datetime
) -> tuple[Quieted, Path | None]:
    """What was paused, and where the old file is. The caller holds the folder's lock.

    Raises `NotADatabaseError`, `NewerDatabaseError`; until the very end nothing is changed.
    """
    checked_version(backup)
    fresh = database.with_name(database.name + ".restoring")
    aside = database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    _remove(fresh)
    try:
        copy_database(backup, fresh)
        found = asyncio.run(_made_ready(fresh, keys, now))
        had_one = database.exists()
        _swap(fresh, database, aside)
    finally:
        _remove(fresh)
    return found, aside if had_one else None
