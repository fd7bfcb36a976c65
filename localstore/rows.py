"""One document's row as the sync engine reasons about it, and the tables as SQLAlchemy Core knows them."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, column, table

from localstore.records import DocKind, Hold

DOC = table(
    "doc",
    *(
        column(name)
        for name in (
            "kind",
            "id",
            "base_json",
            "base_rev",
            "mine_json",
            "mine_seq",
            "synced_seq",
            "flight_body",
            "flight_op",
            "flight_seq",
            "flight_verb",
            "theirs_json",
            "theirs_rev",
            "facts_json",
            "hold",
            "hold_detail",
            "attempts",
            "next_attempt_at",
            "last_error",
            "recency",
            "waiting_since",
            "content_schema",
            "undo_seq",
            "undo_at",
        )
    ),
)
META = table("meta", column("k"), column("v"))
HISTORY = table(
    "history",
    *(
        column(name)
        for name in ("n", "kind", "id", "at", "why", "body", "seq", "base_json", "base_rev", "day")
    ),
)
UNDO_STEP = table("undo_step", *(column(name) for name in ("kind", "id", "place", "body", "focus")))
MEMBER_OP = table(
    "member_op", *(column(name) for name in ("segment_id", "contact_id", "sign", "n", "refused"))
)
ANSWER = table("answer", *(column(name) for name in ("path", "body", "used")))

Content = dict[str, Any]


def dump(content: Content) -> str:
    """The stored spelling: equal contents have equal texts."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(text: str | None) -> Content | None:
    """A stored content; None for none."""
    return json.loads(text) if text is not None else None


@dataclass(frozen=True, slots=True)
class Flight:
    """The request that is out: always sent again as these bytes under this key."""

    op: str
    verb: str
    body: str
    seq: int


@dataclass(frozen=True, slots=True)
class DocRow:
    """A whole row. `mine` is None when the document was deleted here."""

    kind: DocKind
    id: str
    base: Content | None
    base_rev: str | None
    mine: Content | None
    mine_seq: int
    synced_seq: int
    flight: Flight | None
    theirs: Content | None
    theirs_rev: str | None
    facts: Content
    hold: Hold | None
    hold_detail: str
    attempts: int
    next_attempt_at: float
    last_error: str

    @property
    def dirty(self) -> bool:
        return self.mine_seq != self.synced_seq


@dataclass(frozen=True, slots=True)
class Waiting:
    """As much of a row as its schedule needs: a thousand drafts are not read to choose four."""

    kind: DocKind
    id: str
    mine_seq: int
    deleted: bool
    in_flight: bool
    hold: Hold | None
    next_attempt_at: float


def row_from(row: RowMapping) -> DocRow:
    """A row of DOC as it came from the database."""
    flight = None
    if row["flight_op"] is not None:
        flight = Flight(row["flight_op"], row["flight_verb"], row["flight_body"], row["flight_seq"])
    return DocRow(
        kind=DocKind(row["kind"]),
        id=row["id"],
        base=load(row["base_json"]),
        base_rev=row["base_rev"],
        mine=load(row["mine_json"]),
        mine_seq=row["mine_seq"],
        synced_seq=row["synced_seq"],
        flight=flight,
        theirs=load(row["theirs_json"]),
        theirs_rev=row["theirs_rev"],
        facts=json.loads(row["facts_json"]),
        hold=Hold(row["hold"]) if row["hold"] else None,
        hold_detail=row["hold_detail"],
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        last_error=row["last_error"],
    )
