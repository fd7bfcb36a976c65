"""What was deleted a moment ago, and how to bring it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.clock import Clock

SECONDS = 10.0


@dataclass(frozen=True)
class Deletion:
    """`name` is somebody's text."""

    name: str
    until: float
    restore: Callable[[], Awaitable[None]]


class UndoShelf:
    """Deletions that can still be taken back, newest last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._deletions: list[Deletion] = []

    def put(self, name: str, restore: Callable[[], Awaitable[None]]) -> None:
        """Remember a deletion for ten seconds."""
        self._deletions.append(Deletion(name, self._clock.monotonic() + SECONDS, restore))

    def take(self) -> Deletion | None:
        """The newest deletion that is not too old; it is forgotten here."""
        now = self._clock.monotonic()
        self._deletions = [d for d in self._deletions if d.until > now]
        return self._deletions.pop() if self._deletions else None
