"""A person's decisions about two texts: what is asked, what was merged, and the text that comes of it.

The text is made by the merge itself, so that what is shown is exactly what will be stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sync.canonical import canonical
from sync.merge import merge
from sync.merge_spots import Choice, Decision

if TYPE_CHECKING:
    from localstore.records import Dispute, DocKind, Json
    from sync.merge_spots import Path, Spot


@dataclass
class Settling:
    """`questions` wait for an answer; `changes` were merged, and each can be taken back."""

    kind: DocKind
    seen: Dispute
    decisions: dict[Path, Decision] = field(default_factory=dict)
    _before: list[dict[Path, Decision]] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert self.seen.base is not None
        assert self.seen.mine is not None
        assert self.seen.theirs is not None
        sides = (self.seen.base, self.seen.mine, self.seen.theirs)
        self.base, self.mine, self.theirs = (canonical(self.kind, side) for side in sides)
        merged = merge(self.base, self.mine, self.theirs)
        self.questions: tuple[Spot, ...] = merged.conflicts
        self.changes: tuple[Spot, ...] = merged.changes

    @property
    def result(self) -> Json:
        """The text as decided so far; where nothing was decided it is mine."""
        return merge(self.base, self.mine, self.theirs, self.decisions).content

    @property
    def open_questions(self) -> int:
        """How many wait for an answer."""
        return sum(spot.path not in self.decisions for spot in self.questions)

    def decide(self, decisions: dict[Path, Decision]) -> None:
        """Answer one question or many at once; `undo` takes them back together."""
        self._before.append(dict(self.decisions))
        self.decisions |= decisions

    def decide_all(self, choice: Choice) -> None:
        """One side for every question."""
        self.decide({spot.path: choice for spot in self.questions})

    def undo(self) -> bool:
        """Take the last decision back; False if there is none."""
        if not self._before:
            return False
        self.decisions = self._before.pop()
        return True

    def renewed(self, seen: Dispute) -> Settling:
        """The same decisions about texts that moved on, where they still have a question to answer."""
        fresh = Settling(self.kind, seen)
        old = {(s.path, s.kind): (s.mine, s.theirs) for s in (*self.questions, *self.changes)}
        for spot in (*fresh.questions, *fresh.changes):
            same = old.get((spot.path, spot.kind)) == (spot.mine, spot.theirs)
            if same and spot.path in self.decisions:
                fresh.decisions[spot.path] = self.decisions[spot.path]
        return fresh
