"""A text field whose keys show at once however long the text is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.widgets import TextArea

from tui.widgets.changed_lines import ChangedLines
from tui.widgets.tag_field import CompletesTags

if TYPE_CHECKING:
    from collections.abc import Hashable

    from textual.binding import BindingType
    from textual.geometry import Region
    from textual.strip import Strip

_STRIPS_KEPT = 2_000
_ELSEWHERE = {"undo", "redo", "select_line", "select_all"}


def _same(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


class FastTextArea(CompletesTags, ChangedLines, TextArea, inherit_bindings=False):
    """Paints changed lines only. Undo is the document's business, so its keys are not taken here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            binding
            for binding in TextArea.BINDINGS
            if not isinstance(binding, tuple) and binding.action not in _ELSEWHERE
        ),
        Binding("ctrl+home", "text_start", "Start of the text", show=False),
        Binding("ctrl+end", "text_end", "End of the text", show=False),
    ]
    DEFAULT_CSS = """
    FastTextArea {
        border: none; padding: 0 1; background: $surface; scrollbar-size-vertical: 1; height: 1fr;
    }
    FastTextArea:focus { border: none; background: $panel; }
    FastTextArea .text-area--cursor-line { background: transparent; }
    """

    def __init__(self, *, id: str | None = None, placeholder: str = "") -> None:
        self._strips: dict[Hashable, Strip] = {}
        self._wrapped_at = 0
        super().__init__(
            id=id,
            soft_wrap=True,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder=Content(placeholder),
        )

    def action_text_start(self) -> None:
        self.move_cursor((0, 0))

    def action_text_end(self) -> None:
        self.move_cursor(self.document.end)

    def tag_line(self) -> tuple[str, int]:
        row, column = self.cursor_location
        return self.document[row], column

    def tag_replace(self, start: int, end: int, text: str, cursor: int) -> None:
        row, _ = self.cursor_location
        if text or end > start:
            self.replace(text, (row, start), (row, end))
        self.move_cursor((row, cursor))

    def on_text_area_selection_changed(self) -> None:
        if not self.read_only:
            self.look_for_tag()

    def show_text(self, text: str) -> None:
        """Take over a text. Only what differs is replaced, so the cursor stays with the words it is at."""
        old = self.text
        if text == old:
            return
        start = _same(old, text)
        tail = _same(old[start:][::-1], text[start:][::-1])
        end = len(old) - tail
        self.replace(
            text[start : len(text) - tail],
            self._location(old, start),
            self._location(old, end),
            maintain_selection_offset=True,
        )

    @staticmethod
    def _location(text: str, offset: int) -> tuple[int, int]:
        before = text[:offset]
        return before.count("\n"), offset - (before.rfind("\n") + 1)

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def line_look(self, y: int) -> Hashable:
        if self.placeholder and not self.text:
            return ("placeholder", y, self._draw_cursor)
        scroll_x, scroll_y = self.scroll_offset
        wrapped = self.wrapped_document
        lines = wrapped._offset_to_line_info  # noqa: SLF001  # the only map from screen to text lines
        if y + scroll_y >= len(lines):
            return None
        row, section = lines[y + scroll_y]
        start, end = self.selection
        low, high = min(start, end), max(start, end)
        selected = (low if low[0] == row else 0, high if high[0] == row else 0)
        return (
            self.document[row],
            section,
            tuple(wrapped.get_offsets(row)),
            (end[1], self._draw_cursor) if end[0] == row else None,
            selected if start != end and low[0] <= row <= high[0] else None,
            scroll_x,
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.wrap_width != self._wrapped_at:  # filled while hidden, a field may get no resize event
            self._wrapped_at = self.wrap_width
            self.call_next(self._on_resize)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        if self.placeholder and not self.text:
            return super().render_line(y)
        look = (self.line_look(y), self.size.width, self.has_focus, self.read_only)
        strip = self._strips.get(look)
        if strip is None:
            if len(self._strips) > _STRIPS_KEPT:
                self._strips.clear()
            strip = self._strips[look] = self._render_line(y)
        return strip
