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


@dataclass(frozen=True, slots=True)
class DocState:
    """Where one document stands between this computer and the server.

    `dirty`: something typed here is not on the server yet. `hold` and `detail` say what it waits for.
    """

    dirty: bool = False
    in_flight: bool = False
    hold: Hold | None = None
    detail: str = ""
    attempts: int = 0
    last_error: str = ""


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

    `content` is what a person writes (campaign: name, contentJson, segmentId, sendAt; segment: name,
    dslJson; sequence: name, segmentId, steps). `facts` is what only the server says (status, ...).
    `deleted` is a document that was deleted here.
    """

    kind: DocKind
    id: str
    content: Json
    facts: Json
    state: DocState
    deleted: bool = False
