"""The local store's tables and how an older file becomes a present one.

One row per document holds up to four whole snapshots: base (last known on the server), mine (what the
person wrote), flight (the exact body of the request that is out) and theirs (what waits for a decision).
Dirty means that `mine_seq` and `synced_seq` differ. The CHECKs make half states impossible. Nothing is
ordered or forgotten by a clock: `recency` counts changes, and `history.day` counts days of use.
Steps run forward only, one transaction each, after a copy of the file was made; three copies are kept.
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

_CLOCK_PROOF = """
CREATE TABLE doc_2 (
  kind TEXT NOT NULL CHECK (kind IN ('segment', 'campaign', 'sequence')),
  id TEXT NOT NULL,
  base_json TEXT, base_rev TEXT,
  mine_json TEXT, mine_seq INTEGER NOT NULL DEFAULT 0, synced_seq INTEGER NOT NULL DEFAULT 0,
  flight_body TEXT, flight_op TEXT, flight_seq INTEGER, flight_verb TEXT
    CHECK (flight_verb IN ('create', 'save', 'delete')),
  theirs_json TEXT, theirs_rev TEXT,
  facts_json TEXT NOT NULL DEFAULT '{}',
  hold TEXT CHECK (
    hold IN ('conflict', 'rejected', 'forbidden', 'gone', 'needs_parent', 'locked', 'rewound')),
  hold_detail TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at REAL NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  recency INTEGER NOT NULL DEFAULT 0,
  waiting_since REAL NOT NULL DEFAULT 0,
  content_schema INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (kind, id),
  CHECK ((base_json IS NULL) = (base_rev IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_body IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_seq IS NULL)),
  CHECK ((flight_op IS NULL) = (flight_verb IS NULL)),
  CHECK (flight_seq IS NULL OR flight_seq <= mine_seq),
  CHECK (flight_op IS NULL OR hold IS NULL),
  CHECK ((theirs_json IS NULL) = (theirs_rev IS NULL)),
  CHECK (synced_seq <= mine_seq),
  CHECK (mine_json IS NOT NULL OR mine_seq <> synced_seq),
  CHECK (hold IS NOT 'conflict' OR theirs_rev IS NOT NULL)
);
INSERT INTO doc_2
  SELECT kind, id, base_json, base_rev, mine_json, mine_seq, synced_seq,
    iif(hold IS NULL, flight_body, NULL), iif(hold IS NULL, flight_op, NULL),
    iif(hold IS NULL, flight_seq, NULL), iif(hold IS NULL, flight_verb, NULL),
    theirs_json, theirs_rev, facts_json, hold, hold_detail, attempts, next_attempt_at, last_error,
    row_number() OVER (ORDER BY changed_at, id DESC), changed_at, content_schema
  FROM doc;
DROP TABLE doc;
ALTER TABLE doc_2 RENAME TO doc;
CREATE INDEX doc_recency ON doc (kind, recency DESC);
ALTER TABLE history ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history ADD COLUMN base_json TEXT;
ALTER TABLE history ADD COLUMN base_rev TEXT;
ALTER TABLE history ADD COLUMN day INTEGER NOT NULL DEFAULT 0;
CREATE INDEX history_day ON history (day);
DROP TABLE member_op;
CREATE TABLE member_op (
  segment_id TEXT NOT NULL, contact_id TEXT NOT NULL, sign INTEGER NOT NULL CHECK (sign IN (-1, 1)),
  n INTEGER NOT NULL UNIQUE, refused TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (segment_id, contact_id)
) WITHOUT ROWID;
"""

_UNDO = """
ALTER TABLE doc ADD COLUMN undo_seq INTEGER NOT NULL DEFAULT -1;
ALTER TABLE doc ADD COLUMN undo_at INTEGER NOT NULL DEFAULT 0;
CREATE TABLE undo_step (
  kind TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL, focus TEXT NOT NULL,
  PRIMARY KEY (kind, id, place)
);
CREATE TRIGGER undo_goes_with_its_draft AFTER DELETE ON doc BEGIN
  DELETE FROM undo_step WHERE kind = OLD.kind AND id = OLD.id;
END;
"""

_ANSWERS = """
CREATE TABLE answer (path TEXT PRIMARY KEY, body TEXT NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX answer_used ON answer (used);
"""

STEPS: Sequence[str] = (_FIRST, _CLOCK_PROOF, _UNDO, _ANSWERS)
"""SQL from version n to n + 1."""

VERSION = len(STEPS)
_COPIES_KEPT = 3


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
    copies = sorted(path.parent.glob(f"{path.stem}.bak-v*.db"), key=lambda c: c.stat().st_mtime_ns)
    for old in copies[:-_COPIES_KEPT]:
        old.unlink()


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
