"""The local store's tables and how an older file becomes a present one.

One row per document holds up to four whole snapshots: base (last known on the server), mine (what the
person wrote), flight (the exact body of the request that is out) and theirs (what waits for a decision).
Dirty means that `mine_seq` and `synced_seq` differ. The CHECKs make half states impossible.
Steps run forward only, one transaction each, after a copy of the file was made.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

_FIRST = """
CREATE TABLE meta (k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE doc (
  kind TEXT NOT NULL CHECK (kind IN ('segment', 'campaign', 'sequence')),
  id TEXT NOT NULL,
  base_json TEXT, base_rev TEXT,
  mine_json TEXT, mine_seq INTEGER NOT NULL DEFAULT 0, synced_seq INTEGER NOT NULL DEFAULT 0,
  flight_body TEXT, flight_op TEXT, flight_seq INTEGER, flight_verb TEXT,
  theirs_json TEXT, theirs_rev TEXT,
  facts_json TEXT NOT NULL DEFAULT '{}',
  hold TEXT CHECK (hold IN ('conflict', 'rejected', 'forbidden', 'gone', 'needs_parent')),
  hold_detail TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at REAL NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  changed_at REAL NOT NULL DEFAULT 0,
  content_schema INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (kind, id),
  CHECK ((base_json IS NULL) = (base_rev IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_body IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_seq IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_verb IS NULL)),
  CHECK ((theirs_json IS NULL) = (theirs_rev IS NULL)),
  CHECK (synced_seq <= mine_seq),
  CHECK (hold IS NOT 'conflict' OR theirs_rev IS NOT NULL)
);
CREATE INDEX doc_changed ON doc (kind, changed_at DESC);
CREATE TABLE history (
  n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL,
  at REAL NOT NULL, why TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX history_doc ON history (kind, id, n);
CREATE TABLE member_op (
  segment_id TEXT NOT NULL, contact_id TEXT NOT NULL, sign INTEGER NOT NULL CHECK (sign IN (-1, 1)),
  PRIMARY KEY (segment_id, contact_id)
) WITHOUT ROWID;
"""

STEPS: Sequence[str] = (_FIRST,)
"""SQL from version n to n + 1."""

VERSION = len(STEPS)


class NewerStoreError(Exception):
    """The file was written by a newer version of Handbill; it is left as it is."""

    def __init__(self, path: Path, found: int) -> None:
        super().__init__(
            f"The drafts in {path} were written by a newer version of Handbill "
            f"(format {found}; this version knows {VERSION}). Nothing was changed; please upgrade."
        )


def _backup(connection: sqlite3.Connection, path: Path, version: int) -> None:
    copy = path.with_suffix(f".bak-v{version}.db")
    if not copy.exists():
        connection.execute("VACUUM INTO ?", (str(copy),))
        copy.chmod(0o600)


def _step(connection: sqlite3.Connection, sql: str, version: int) -> None:
    script = f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {version};\nCOMMIT;"
    try:
        connection.executescript(script)
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def prepare(path: Path) -> None:
    """Make the file if it is missing and bring it to the present version.

    Raises `NewerStoreError` for a file from the future and `sqlite3.DatabaseError` for one that is no
    database; neither is touched.
    """
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise NewerStoreError(path, found)
        if found == VERSION:
            return
        connection.execute("PRAGMA journal_mode = WAL")
        if found:
            _backup(connection, path, found)
        for version in range(found, VERSION):
            _step(connection, STEPS[version], version + 1)
    finally:
        connection.close()
