"""What a command is: one record from which binding, palette entry, hint, help and key table are made."""

from dataclasses import dataclass
from typing import Any, Protocol


class Place(Protocol):
    """What the registry asks of the screen or app a command runs on."""

    def why_not(self, verb: str) -> str | None:
        """Why `verb` cannot be done right now, as a sentence; None if it can."""


@dataclass(frozen=True, slots=True)
class Command:
    """`id` is `scope.verb`; the screen of that scope runs it in its method `do_<verb>`.

    `hint` puts it into the hint line. `destructive` ones ask first; `undoable` ones can be taken back.
    """

    id: str
    title: str
    help: str
    keys: tuple[str, ...] = ()
    hint: bool = False
    destructive: bool = False
    undoable: bool = False

    @property
    def scope(self) -> str:
        """The place it belongs to: `app` is everywhere, `list` every list."""
        return self.id.partition(".")[0]

    @property
    def verb(self) -> str:
        """What the place calls it."""
        return self.id.partition(".")[2]

    def enabled_when(self, place: Any) -> str | None:
        """The reason why it cannot run on this place now; None if it can."""
        why_not = getattr(place, "why_not", None)
        return why_not(self.verb) if why_not else None
