"""The field in which a segment filter is typed: a fault is underlined where it is, tab finishes the word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import TextArea

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.text import Text
    from textual import events


def is_placeholder(candidate: str) -> bool:
    """Whether a candidate only describes what to type, such as `a number`."""
    return candidate.startswith("a ") or candidate == '"text"'


class FilterEditor(TextArea):
    """Knows text, an error span and candidates. What the filter means is the screen's business."""

    DEFAULT_CSS = """
    FilterEditor {
        height: auto; min-height: 3; max-height: 10; border: none; padding: 0 1;
        background: $surface; scrollbar-size-vertical: 1;
    }
    FilterEditor:focus { border: none; background: $panel; }
    FilterEditor .text-area--cursor-line { background: transparent; }
    """

    @dataclass
    class Offered(Message):
        """What could stand at the cursor now."""

        candidates: list[str]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, soft_wrap=True, highlight_cursor_line=False)
        self.completer: Callable[[str, int], tuple[int, list[str]]] | None = None
        self._fault: tuple[int, int] | None = None

    def mark_fault(self, span: tuple[int, int] | None) -> None:
        """Underline the characters `start` to `end` of the text; None underlines nothing."""
        if span != self._fault:
            self._fault = span
            self._line_cache.clear()
            self.refresh()

    @property
    def fault(self) -> tuple[int, int] | None:
        """What is underlined."""
        return self._fault

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        if self._fault is not None:
            before = sum(len(text) + 1 for text in self.document.lines[:line_index])
            start, end = self._fault[0] - before, self._fault[1] - before
            if start < len(line) + 1 and end > 0:
                colour = self.app.theme_variables.get("error", "red")
                line.stylize(f"underline {colour}", max(0, start), max(0, end))
        return line

    @property
    def cursor_offset_in_text(self) -> int:
        """Where the cursor is, in characters from the start of the text."""
        row, column = self.cursor_location
        return sum(len(text) + 1 for text in self.document.lines[:row]) + column

    def candidates(self) -> tuple[int, list[str]]:
        """Where the word at the cursor starts, and what it could become."""
        if self.completer is None or self.read_only:
            return self.cursor_offset_in_text, []
        return self.completer(self.text, self.cursor_offset_in_text)

    def complete(self) -> bool:
        """Put the first candidate in place of the word; False if there is none."""
        start, candidates = self.candidates()
        if not candidates or (is_placeholder(candidates[0]) and candidates[0] != '"text"'):
            return False
        word = candidates[0]
        glued = start == self.cursor_offset_in_text and self.text[:start][-1:] not in ("", " ", "(", "\n")
        typed = self.cursor_offset_in_text - start
        row, column = self.cursor_location
        text = '""' if word == '"text"' else f"{word} "
        self.replace(f" {text}" if glued else text, (row, column - typed), (row, column))
        if word == '"text"':
            self.move_cursor_relative(columns=-1)
        return True

    def on_text_area_selection_changed(self) -> None:
        self.post_message(self.Offered(self.candidates()[1]))

    def on_text_area_changed(self) -> None:
        self.post_message(self.Offered(self.candidates()[1]))

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "tab" and self._word_begun() and self.complete():
            event.prevent_default()
            event.stop()
            return
        await super()._on_key(event)

    def _word_begun(self) -> bool:
        start, candidates = self.candidates()
        return bool(candidates) and start < self.cursor_offset_in_text
