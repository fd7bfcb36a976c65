"""What the twins share: the switches a test turns, and who wants to know of changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract.problems import ForbiddenError
from sync.errors import NotSavedError, OfflineError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract.clock import Clock


@dataclass
class Hub:
    """`refuse` is the sentence the server says no with; `locked` holds ids another window edits."""

    clock: Clock
    offline: bool = False
    not_saved: bool = False
    refuse: str | None = None
    signed_out: bool = False
    server: str = ""
    locked: set[str] = field(default_factory=set)
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def changed(self) -> None:
        """Tell everyone."""
        for listener in list(self.listeners):
            listener()

    def reach_server(self) -> None:
        """Raises what the switches ask for."""
        if self.offline:
            raise OfflineError
        if self.refuse:
            raise RefusedError(ForbiddenError(self.refuse))

    def write(self) -> None:
        """Raises `NotSavedError` where the disk is full."""
        if self.not_saved:
            message = (
                "There is no room left on this computer's disk. Your text is still here; it is tried again."
            )
            raise NotSavedError(message)
