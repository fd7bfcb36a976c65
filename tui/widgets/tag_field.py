"""Fields in which merge tags are finished: `{{` offers the known fields, and enter takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tui.editing.tag_completion import fallback_at, offer_at, taken
from tui.widgets.tag_menu import TagMenu

if TYPE_CHECKING:
    from textual import events
    from textual.widget import Widget as Base
else:
    Base = object  # a second widget among the bases would hide the styles of the first

_MOVES = {"down": 1, "up": -1}


class CompletesTags(Base):
    """Mixin in front of a text widget, which says what is in its line and how to change it.

    Where the screen has no `TagMenu` the field is an ordinary one.
    """

    _menu: TagMenu | None = None
    """The menu while this field shows something in it."""
    _closed_at: int | None = None
    """Where the tag begins for which the person closed the menu."""

    def tag_line(self) -> tuple[str, int]:
        """The line with the cursor, and where the cursor is in it."""
        raise NotImplementedError

    def tag_replace(self, start: int, end: int, text: str, cursor: int) -> None:
        """Put a text in the place of some characters of the line, and the cursor at a place of the line."""
        raise NotImplementedError

    def look_for_tag(self) -> None:
        """Show what the place of the cursor asks for. Costs nothing where no tag is near."""
        line, cursor = self.tag_line()
        if self._menu is None and "{{" not in line:
            return
        menu = next(iter(self.screen.query(TagMenu)), None)
        if menu is None or not self.has_focus:
            return
        offer = offer_at(line, cursor, menu.fields)
        hint = None if offer else fallback_at(line, cursor, menu.fields)
        found = offer or hint
        if found is None or found.start == self._closed_at:
            self._closed_at = found.start if found else None
            self.close_tags()
            return
        self._closed_at, self._menu = None, menu
        if offer:
            menu.show_offer(offer, self.cursor_screen_offset)  # type: ignore[attr-defined]  # both bases have it
        elif hint:
            menu.show_hint(hint, self.cursor_screen_offset)  # type: ignore[attr-defined]

    def close_tags(self) -> None:
        """Show nothing any more."""
        if self._menu is not None:
            self._menu.hide()
            self._menu = None

    async def _on_key(self, event: events.Key) -> None:
        if self._menu is not None and self._tag_key(event.key):
            event.stop()
            event.prevent_default()

    def _tag_key(self, key: str) -> bool:
        """Do what a key does while something is shown; False if it does nothing special."""
        assert self._menu is not None
        offer, chosen = self._menu.offer, self._menu.chosen
        line, cursor = self.tag_line()
        hint = fallback_at(line, cursor, self._menu.fields)
        if key == "escape":
            found = offer or hint
            self._closed_at = found.start if found else None
            self.close_tags()
        elif offer and key in _MOVES:
            self._menu.move(_MOVES[key])
        elif offer and chosen and key in ("enter", "tab"):
            text, at = taken(offer, chosen, line)
            self.tag_replace(offer.start, offer.end, text, offer.start + at)
        elif hint and not offer and key in ("tab", "enter"):
            self.tag_replace(hint.end, hint.end, "", hint.end)
        else:
            return False
        return True

    def _on_blur(self, _: events.Blur) -> None:
        self.close_tags()


class TagInput(CompletesTags, Input):
    """One line in which merge tags are finished."""

    def tag_line(self) -> tuple[str, int]:
        return self.value, self.cursor_position

    def tag_replace(self, start: int, end: int, text: str, cursor: int) -> None:
        if text or end > start:
            self.replace(text, start, end)
        self.cursor_position = cursor

    def watch_selection(self) -> None:
        if self.is_attached:
            self.look_for_tag()

    def watch_value(self) -> None:
        if self.is_attached:
            self.look_for_tag()
