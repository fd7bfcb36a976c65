"""What the local store hands out: small, plain, and free of heavy imports.

The first screen is painted from these before pydantic, SQLAlchemy or httpx are loaded.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class DocKind(StrEnum):
    """Documents that can be edited offline. The values are those of the feed."""

    SEGMENT = "segment"
    CAMPAIGN = "campaign"
    SEQUENCE = "sequence"


class Hold(StrEnum):
    """Why a document waits for a person instead of being pushed."""

    CONFLICT = "conflict"
    REJECTED = "rejected"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    NEEDS_PARENT = "needs_parent"
    LOCKED = "locked"
    REWOUND = "rewound"


@dataclass(frozen=True, slots=True)
class SavedMail:
    """A template or a snippet: a block document under a name. A snippet's has blocks and no subject."""

    id: str
    name: str
    content_json: Json


@dataclass(frozen=True, slots=True)
class DocState:
    """Where one document stands between this computer and the server.

    `dirty`: something typed here is not on the server yet. `hold` and `detail` say what it waits for.
    Times in seconds since the epoch, for people to read: no decision depends on them.
    """

    dirty: bool = False
    in_flight: bool = False
    hold: Hold | None = None
    detail: str = ""
    attempts: int = 0
    last_error: str = ""
    waiting_since: float = 0.0
    next_attempt_at: float = 0.0

    @property
    def asks(self) -> bool:
        """Whether only a person can end it."""
        return self.hold is not None and self.hold is not Hold.NEEDS_PARENT


@dataclass(frozen=True, slots=True)
class DocSummary:
    """A line in a list: `fields` holds what the row of that kind shows (status, sendAt, text, ...)."""

    kind: DocKind
    id: str
    name: str
    state: DocState
    fields: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it can be edited.

    `content` is what a person writes (campaign: name, contentJson, segmentId, sendAt,
    accountId; segment: name, dslJson; sequence: name, segmentId, steps,
    settings). `facts` is what only the server
    says (status, ...). `deleted` is a document that was deleted here.
    """

    kind: DocKind
    id: str
    content: Json
    facts: Json
    state: DocState
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two texts and what they grew from, as a person settles them; either may be None where it is absent.

    `seq` and `theirs_rev` say which ones were looked at: a decision about others is not taken.
    """

    base: Json | None
    mine: Json | None
    theirs: Json | None
    seq: int
    theirs_rev: str


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text that something else took the place of. `at` in seconds since the epoch."""

    n: int
    kind: DocKind
    id: str
    at: float
    why: str
    content: Json


@dataclass(frozen=True, slots=True)
class MassDeletion:
    """So many of so many documents were deleted on the server that a person must say if it is meant."""

    doomed: int
    total: int
