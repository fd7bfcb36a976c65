"""The last line: what can be done here, most useful first, cut to the width.

One static line, because Textual's footer makes a widget of each key and costs more than the rest of a screen.
The last hint (help) stays in sight however narrow the terminal is.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Hint:
    """A key as people say it, and a word. `enabled` False shows it quietly."""

    key: str
    title: str
    enabled: bool = True

    @property
    def width(self) -> int:
        """In cells, with the gap behind it."""
        return cell_len(self.key) + 1 + cell_len(self.title) + len(_GAP)


def fit(hints: tuple[Hint, ...], width: int) -> tuple[Hint, ...]:
    """As many as fit, in order; the last one always."""
    if not hints:
        return ()
    *first, last = hints
    room = width + len(_GAP) - last.width
    kept = []
    for hint in first:
        if hint.width > room:
            break
        room -= hint.width
        kept.append(hint)
    return (*kept, last)


class HintFooter(Widget):
    """Shows hints; knows no commands."""

    DEFAULT_CSS = """
    HintFooter { dock: bottom; height: 1; padding: 0 1; color: $quiet; background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._hints: tuple[Hint, ...] = ()

    def show(self, hints: tuple[Hint, ...]) -> None:
        """Replace the hints."""
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def render(self) -> Content:
        parts = [
            Content.styled(hint.key, "$footer-key-foreground" if hint.enabled else "$quiet 60%")
            + Content.styled(f" {hint.title}", "" if hint.enabled else "$quiet 60%")
            for hint in fit(self._hints, self.size.width)
        ]
        return Content(_GAP).join(parts)
