"""Undo and redo over whole contents. One burst of typing is one step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contract.clock import Clock

Json = dict[str, Any]
PAUSE = 1.0
"""A pause of so many seconds ends a burst."""
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Version:
    """A content, and what was being edited when it came to be (such as a block's id)."""

    content: Json
    focus: str = ""


class History:
    """Contents share what they have in common, so five hundred of them are cheap."""

    def __init__(self, clock: Clock, content: Json) -> None:
        self._clock = clock
        self.restart(content)

    def restart(self, content: Json) -> None:
        """Forget everything: what is there now came from elsewhere."""
        self._now = Version(content)
        self._before: list[Version] = []
        self._after: list[Version] = []
        self._burst = ""
        self._at = 0.0

    @property
    def content(self) -> Json:
        """The present content."""
        return self._now.content

    def adopt(self, content: Json) -> None:
        """The same words in another spelling: not a step."""
        self._now = Version(content, self._now.focus)

    def put(self, content: Json, *, focus: str = "", burst: str = "") -> None:
        """A new step, unless it goes on with the `burst` of the one before."""
        now = self._clock.monotonic()
        goes_on = bool(burst) and burst == self._burst and now - self._at <= PAUSE
        if not goes_on:
            self._before = [*self._before[-_KEPT:], self._now]
        self._now, self._after, self._burst, self._at = Version(content, focus), [], burst, now

    def undo(self) -> Version | None:
        """Back one step. The answer's `focus` is where the undone change was."""
        if not self._before:
            return None
        undone = self._now
        self._after.append(undone)
        self._now, self._burst = self._before.pop(), ""
        return Version(self._now.content, undone.focus)

    def redo(self) -> Version | None:
        """Forward one step."""
        if not self._after:
            return None
        self._before.append(self._now)
        self._now, self._burst = self._after.pop(), ""
        return self._now

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to take again."""
        return bool(self._after)
