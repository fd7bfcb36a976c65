"""The fields that a merge tag can name, in a small list at the cursor of the field that is typed in.

It never has the focus: the field keeps it and asks the list to move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import Static

from contract.contacts import BUILT_IN_FIELDS
from tui.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract.contacts import FieldDefinition
    from tui.editing.tag_completion import Candidate, Fallback, Offer

_WIDTH = 44
_ROWS = 6
_NAME = 18


class TagMenu(Static):
    """`fields` are those of the organisation. What is offered is shown as somebody's text."""

    DEFAULT_CSS = f"""
    TagMenu {{
        display: none; position: absolute; overlay: screen; width: {_WIDTH}; height: auto;
        background: $surface; color: $foreground; border: round $border; padding: 0 1;
    }}
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.fields: Mapping[str, FieldDefinition] = {field.key: field for field in BUILT_IN_FIELDS}
        self._offer: Offer | None = None
        self._at = 0

    @property
    def chosen(self) -> Candidate | None:
        """The candidate that enter takes."""
        return self._offer.candidates[self._at] if self._offer else None

    @property
    def offer(self) -> Offer | None:
        """What is offered; None while nothing is, or only a hint."""
        return self._offer

    def show_offer(self, offer: Offer, cursor: Offset) -> None:
        """Candidates at the cursor; the first one is chosen unless the same are shown already."""
        if self._offer is None or offer.candidates != self._offer.candidates:
            self._at = 0
        self._offer = offer
        self._paint(cursor)

    def show_hint(self, fallback: Fallback, cursor: Offset) -> None:
        """What to type in the place of an empty field."""
        self._offer = None
        words = plain("Type what those without it read: ") + plain(fallback.label, "$accent")
        self._put([words, plain("tab goes on behind it", "$quiet")], cursor)

    def move(self, by: int) -> None:
        """Another candidate, round at the ends."""
        if self._offer is not None:
            self._at = (self._at + by) % len(self._offer.candidates)
            self._paint(None)

    def hide(self) -> None:
        """Show nothing."""
        self._offer = None
        self.display = False

    def _paint(self, cursor: Offset | None) -> None:
        offer = self._offer
        assert offer is not None
        top = max(0, min(self._at - _ROWS // 2, len(offer.candidates) - _ROWS))
        lines = [
            self._line(candidate, chosen=at == self._at)
            for at, candidate in enumerate(offer.candidates[top : top + _ROWS], start=top)
        ]
        self._put(
            [*lines, plain(f"{self._at + 1}/{len(offer.candidates)}  enter takes it, esc closes", "$quiet")],
            cursor,
        )

    def _line(self, candidate: Candidate, *, chosen: bool) -> Content:
        words = plain(candidate.key[:_NAME].ljust(_NAME + 1)) + plain(candidate.label, "$quiet")
        words = words.truncate(_WIDTH - 4, ellipsis=True, pad=True)
        return words.stylize("on $row-cursor") if chosen else words

    def _put(self, lines: list[Content], cursor: Offset | None) -> None:
        self.update(Content("\n").join(lines))
        if cursor is not None:
            self.styles.offset = self._place(cursor, len(lines) + 2)
        self.display = True

    def _place(self, cursor: Offset, height: int) -> Offset:
        """Below the line of the cursor, or above it without room there; counted from the parent's corner."""
        room = self.screen.size
        top = cursor.y + 1 if cursor.y + 1 + height <= room.height else max(0, cursor.y - height)
        left = max(0, min(cursor.x, room.width - _WIDTH))
        parent = self.parent
        return Offset(left, top) - (parent.content_region.offset if isinstance(parent, Widget) else (0, 0))
