"""The line of undo steps of one draft: contents by place, of which the draft's own is the one at `at`.

A content is kept when it is left, together with what was edited right after it, so one step of typing costs
one row however many keys it has. Places behind the present one are what can be made again.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from localstore.records import Json

STEPS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Left:
    """A content that was left, packed: most are never looked at again. `focus` was edited right after it."""

    body: bytes
    focus: str

    @property
    def content(self) -> Json:
        found: Json = json.loads(zlib.decompress(self.body))
        return found


def left(content: Json, focus: str) -> Left:
    """Pack a content."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Left(zlib.compress(text.encode(), 1), focus)


@dataclass(frozen=True, slots=True)
class UndoMove:
    """How the line changed: the draft is at `at`, some contents were left, what is behind `cut` is gone."""

    at: int
    left: Mapping[int, Left] = field(default_factory=dict)
    cut: int | None = None

    def then(self, later: "UndoMove") -> "UndoMove":
        """Both in one."""
        cuts = [cut for cut in (self.cut, later.cut) if cut is not None]
        kept = {n: one for n, one in self.left.items() if later.cut is None or n <= later.cut}
        return UndoMove(later.at, {**kept, **later.left}, min(cuts, default=None))


@dataclass(frozen=True, slots=True)
class UndoLine:
    """A stored line. It belongs to the draft as it was stored as number `seq`, and to no other content."""

    seq: int
    at: int
    left: Mapping[int, Left]

    def moved(self, move: UndoMove, seq: int) -> "UndoLine":
        """The line after a move that was stored with content number `seq`."""
        kept = {n: one for n, one in self.left.items() if move.cut is None or n <= move.cut}
        kept |= move.left
        return UndoLine(seq, move.at, {n: kept[n] for n in kept if n >= move.at - STEPS_KEPT})


NO_LINE = UndoLine(-1, 0, {})
