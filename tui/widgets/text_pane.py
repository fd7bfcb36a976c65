"""A long text that can be read and scrolled, but not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content


class TextPane(VerticalScroll, can_focus=True):
    """Scrolls with arrows, j and k."""

    DEFAULT_CSS = """
    TextPane { height: 1fr; background: $background; scrollbar-size-vertical: 1; padding: 0 1; }
    TextPane > Static { height: auto; width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)

    def show(self, content: Content) -> None:
        """Replace the text and start at its top."""
        self.query_one(Static).update(content)
        self.scroll_home(animate=False)
