"""Copying a SQLite database as it is at one moment, beside a running backend, and checking the copy."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from backend.db.schema import NotADatabaseError, refuse_newer

PART = ".part"


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    """Never makes a file: a mistyped name must not become an empty database."""
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
    except sqlite3.OperationalError as error:
        raise NotADatabaseError(f"{path} cannot be opened: {error}") from error


def _check(connection: sqlite3.Connection, path: Path) -> int:
    try:
        verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        raise NotADatabaseError(f"{path} is not a database: {error}") from error
    if verdict != "ok" or broken is not None:
        what = verdict.splitlines()[-1] if verdict != "ok" else f"rows of {broken[2]} are missing"
        raise NotADatabaseError(f"{path} is damaged: {what}")
    if version == 0 or not {"org", "org_feed"} <= tables:
        raise NotADatabaseError(f"{path} is not a database of Handbill")
    return version


def checked_version(path: Path) -> int:
    """The schema's version of a whole and readable database of ours.

    Raises `NotADatabaseError`, `NewerDatabaseError`.
    """
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with closing(_connect(path, "ro")) as connection:
        version = _check(connection, path)
    refuse_newer(version)
    return version


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_database(source: Path, target: Path) -> None:
    """One file, readable by this user alone, with everything that was committed; checked, and on the disk.

    Writers go on meanwhile. Raises `OSError` where the target exists, `NotADatabaseError`.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "it exists already; choose another name", str(target))
    part = target.with_name(target.name + PART)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        with closing(_connect(source, "rw")) as here, closing(_connect(part, "rw")) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")
            _check(there, part)
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except sqlite3.DatabaseError as error:
        raise NotADatabaseError(f"{source} cannot be copied: {error}") from error
    finally:
        part.unlink(missing_ok=True)
