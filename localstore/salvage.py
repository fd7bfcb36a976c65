"""A damaged file is kept aside, and what can still be read of it goes into a fresh one.

Nothing is thrown away: the damaged file stays beside the new one under a name that says what it is.
"""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from localstore.schema import VERSION, prepare

_TABLES = ("doc", "history", "member_op", "meta")
_COMPANIONS = ("", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of it. `aside` is where the damaged file lies now."""

    documents: int
    aside: Path

    @property
    def sentence(self) -> str:
        """For the person."""
        found = "1 document was" if self.documents == 1 else f"{self.documents} documents were"
        return f"The drafts file was damaged. {found} recovered; the damaged file is kept as {self.aside}."


def damaged(path: Path) -> bool:
    """Whether the file cannot be trusted. Reads all of it: not before the first paint."""
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return False  # it cannot be looked at now, which is another matter
    except sqlite3.DatabaseError:
        return True


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_suffix(f".damaged-{number}.db")).exists():
        number += 1
    for companion in _COMPANIONS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{companion}").rename(f"{aside}{companion}")
    return aside


def _rows(connection: sqlite3.Connection, table: str) -> list[sqlite3.Row]:
    """As many rows as can be read: a bad page ends a scan, so they are also asked for one by one."""
    found: dict[tuple[object, ...], sqlite3.Row] = {}
    for order in ("", " ORDER BY 1 DESC"):
        with contextlib.suppress(sqlite3.DatabaseError):
            for row in connection.execute(f"SELECT * FROM {table}{order}"):  # noqa: S608 - our own tables
                found[tuple(row)] = row
    for number in range(1, _last_row(connection, table) + 1):
        with contextlib.suppress(sqlite3.DatabaseError):
            sql = f"SELECT * FROM {table} WHERE rowid = ?"  # noqa: S608 - our own tables
            for row in connection.execute(sql, (number,)):
                found[tuple(row)] = row
    return list(found.values())


def _last_row(connection: sqlite3.Connection, table: str) -> int:
    try:
        return connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0] or 0  # noqa: S608
    except sqlite3.DatabaseError:
        return 0  # a table without row numbers, or one whose end cannot be read


def _put(fresh: sqlite3.Connection, table: str, row: sqlite3.Row) -> bool:
    names = row.keys()
    holes = ", ".join("?" * len(names))
    sql = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({holes})"  # noqa: S608 - our own tables
    try:
        return fresh.execute(sql, tuple(row)).rowcount == 1
    except sqlite3.DatabaseError:
        return False


def salvage(path: Path) -> Salvaged:
    """Put a fresh file in the place of a damaged one. What is not there any more comes with the next pull."""
    aside = _set_aside(path)
    prepare(path)
    documents = 0
    fresh = sqlite3.connect(path, isolation_level=None)
    old = sqlite3.connect(aside)
    old.row_factory = sqlite3.Row
    try:
        fresh.execute("BEGIN IMMEDIATE")
        if _version(old) == VERSION:
            for table in _TABLES:
                kept = sum(_put(fresh, table, row) for row in _rows(old, table))
                documents += kept if table == "doc" else 0
        # Rows may be missing: the feed is read from its beginning, as after weeks away.
        fresh.execute("DELETE FROM meta WHERE k = 'cursor'")
        fresh.execute("COMMIT")
    finally:
        old.close()
        fresh.close()
    return Salvaged(documents, aside)


def _version(connection: sqlite3.Connection) -> int:
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError:
        return -1


def open_or_salvage(path: Path) -> Salvaged | None:
    """`schema.prepare`, for a file that may be none; what was done about it, if anything."""
    try:
        prepare(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return salvage(path)
    return None
