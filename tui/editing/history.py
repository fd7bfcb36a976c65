"""Undo and redo over whole contents. One burst of typing is one step.

The line of contents is the same here and in the local store (`localstore.undo_line`): what changed in it is
handed on with each content, so it is there again after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localstore.undo_line import NO_LINE, STEPS_KEPT, Left, UndoLine, UndoMove, left

if TYPE_CHECKING:
    from contract.clock import Clock

Json = dict[str, Any]
PAUSE = 1.0
"""A pause of so many seconds ends a burst."""


@dataclass(frozen=True, slots=True)
class Version:
    """A content, and what was edited between it and the one before (such as a block's id)."""

    content: Json
    focus: str = ""


class History:
    """Where the draft stands in its line of contents."""

    def __init__(self, clock: Clock, content: Json) -> None:
        self._clock = clock
        self.restart(content)

    def restart(self, content: Json, line: UndoLine = NO_LINE) -> None:
        """Begin with a content and the line that led to it; without one it came from elsewhere."""
        self._content = content
        self._at = line.at
        self._left: dict[int, Left] = dict(line.left)
        self._move: UndoMove | None = None
        self._burst = ""
        self._put_at = 0.0

    @property
    def content(self) -> Json:
        """The present content."""
        return self._content

    def adopt(self, content: Json) -> None:
        """The same words in another spelling: not a step."""
        self._content = content

    def put(self, content: Json, *, focus: str = "", burst: str = "") -> None:
        """A new step, unless it goes on with the `burst` of the one before."""
        now = self._clock.monotonic()
        goes_on = bool(burst) and burst == self._burst and now - self._put_at <= PAUSE
        if not goes_on:
            self._leave(self._at + 1, focus, cut=self._at)
        self._content, self._burst, self._put_at = content, burst, now

    def undo(self) -> Version | None:
        """Back one step. The answer's `focus` is where the undone change was."""
        if not self.can_undo:
            return None
        self._leave(self._at - 1, self._focus)
        return self._arrive(self._focus)

    def redo(self) -> Version | None:
        """Forward one step."""
        if not self.can_redo:
            return None
        focus = self._focus
        self._leave(self._at + 1, focus)
        return self._arrive(focus)

    @property
    def _focus(self) -> str:
        """What was edited between this place and the next."""
        return self._left[self._at].focus if self._at in self._left else ""

    def _leave(self, to: int, focus: str, *, cut: int | None = None) -> None:
        """Keep the present content at its place, and go to another one."""
        here = left(self._content, focus)
        self._left[self._at] = here
        if cut is not None:
            low = to - STEPS_KEPT
            self._left = {n: one for n, one in self._left.items() if low <= n <= cut}
        move = UndoMove(to, {self._at: here}, cut)
        self._move = self._move.then(move) if self._move else move
        self._at = to

    def _arrive(self, focus: str) -> Version:
        self._content, self._burst = self._left[self._at].content, ""
        return Version(self._content, focus)

    def taken_move(self) -> UndoMove:
        """What changed in the line since this was asked last."""
        move, self._move = self._move, None
        return move or UndoMove(self._at)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._at - 1 in self._left

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return self._at + 1 in self._left
