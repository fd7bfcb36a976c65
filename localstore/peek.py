"""Reading the local store through the standard library alone.

The first screen is painted from here, before anything heavy is imported; later reads use it too, on a
connection of their own, so that a reader never waits for the writer (WAL).
"""

import json
import sqlite3
from pathlib import Path
from typing import Any

from localstore.records import (
    Dispute,
    DocKind,
    DocState,
    DocSummary,
    Draft,
    Hold,
    KeptText,
    MassDeletion,
)

_STATES = (
    "kind, id, mine_seq, synced_seq, flight_op, hold, hold_detail, attempts, last_error, waiting_since, "
    "next_attempt_at"
)
_COLUMNS = f"{_STATES}, mine_json, base_json, facts_json"
_CONTENT = {"contentJson", "steps", "dslJson"}


def _state(row: sqlite3.Row) -> DocState:
    return DocState(
        dirty=row["mine_seq"] != row["synced_seq"],
        in_flight=row["flight_op"] is not None,
        hold=Hold(row["hold"]) if row["hold"] else None,
        detail=row["hold_detail"],
        attempts=row["attempts"],
        last_error=row["last_error"],
        waiting_since=row["waiting_since"],
        next_attempt_at=row["next_attempt_at"],
    )


def _facts(row: sqlite3.Row) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(row["facts_json"])
    return facts


class Peek:
    """A read-only view of one account's file; cheap to open, safe beside a writer."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=5
        )
        self._connection.row_factory = sqlite3.Row

    def close(self) -> None:
        self._connection.close()

    def meta(self, key: str) -> str | None:
        """A value of the file itself, such as the feed cursor."""
        row = self._connection.execute("SELECT v FROM meta WHERE k = ?", (key,)).fetchone()
        return row["v"] if row else None

    def documents(self, kind: DocKind) -> list[DocSummary]:
        """Documents of a kind, newest change first; those deleted here are left out."""
        rows = self._connection.execute(
            f"SELECT {_COLUMNS} FROM doc WHERE kind = ? AND mine_json IS NOT NULL "  # noqa: S608 - a constant
            "ORDER BY recency DESC, id",
            (kind,),
        )
        return [self._summary(row) for row in rows]

    def _summary(self, row: sqlite3.Row) -> DocSummary:
        content = json.loads(row["mine_json"])
        fields = {key: value for key, value in content.items() if key not in _CONTENT} | _facts(row)
        if "steps" in content:
            fields["stepCount"] = len(content["steps"])
        name = content.get("name") or "Untitled"
        return DocSummary(DocKind(row["kind"]), row["id"], name, _state(row), fields)

    def get(self, kind: DocKind, id: str) -> Draft | None:
        """One document; None if there is none of this id."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM doc WHERE kind = ? AND id = ?",  # noqa: S608 - a constant
            (kind, id),
        ).fetchone()
        if row is None:
            return None
        content = row["mine_json"] or row["base_json"] or "{}"
        return Draft(
            kind, id, json.loads(content), _facts(row), _state(row), deleted=row["mine_json"] is None
        )

    def dispute(self, kind: DocKind, id: str) -> Dispute | None:
        """What waits for a decision, whole."""
        row = self._connection.execute(
            "SELECT base_json, mine_json, theirs_json, mine_seq, theirs_rev FROM doc "
            "WHERE kind = ? AND id = ?",
            (kind, id),
        ).fetchone()
        if row is None:
            return None
        base, mine, theirs = (json.loads(text) if text else None for text in row[:3])
        return Dispute(base, mine, theirs, row["mine_seq"], row["theirs_rev"] or "")

    def kept(self, kind: DocKind | None = None, id: str | None = None, limit: int = 500) -> list[KeptText]:
        """Texts that something else took the place of, the latest first: of one document, or of all."""
        where, values = ("WHERE kind = ? AND id = ?", (kind, id)) if kind else ("", ())
        rows = self._connection.execute(
            f"SELECT n, kind, id, at, why, body FROM history {where} ORDER BY n DESC LIMIT {limit:d}",  # noqa: S608
            values,
        )
        return [
            KeptText(
                row["n"], DocKind(row["kind"]), row["id"], row["at"], row["why"], json.loads(row["body"])
            )
            for row in rows
        ]

    def mass_deletion(self) -> MassDeletion | None:
        """The question whether so many deletions are meant, while it is open."""
        words = (self.meta("deletions") or "").split()
        return MassDeletion(int(words[1]), int(words[2])) if words[:1] == ["ask"] else None

    def member_ops(self) -> list[tuple[str, int, str]]:
        """(segment, how many contacts wait for it, why the server refused them) by segment."""
        rows = self._connection.execute(
            "SELECT segment_id, count(*), max(refused) FROM member_op GROUP BY segment_id ORDER BY segment_id"
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def waiting(self) -> list[tuple[DocKind, str, DocState]]:
        """Every document that is not as the server has it."""
        rows = self._connection.execute(
            f"SELECT {_STATES} FROM doc WHERE mine_seq <> synced_seq OR hold IS NOT NULL"  # noqa: S608
        )
        return [(DocKind(row["kind"]), row["id"], _state(row)) for row in rows]

    def data_version(self) -> int:
        """Changes whenever another connection committed: how one window notices another."""
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version
