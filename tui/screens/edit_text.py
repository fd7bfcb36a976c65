"""A question whose answer is a text of several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from tui.text import plain, plain_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult


class EditText(ModalScreen[str | None]):
    """The text; None if the person thought better of it. `beside` is shown above it, to copy from."""

    AUTO_FOCUS = "TextArea"
    DEFAULT_CSS = """
    EditText { align: center middle; background: $background 60%; }
    EditText > #box {
        width: 90%; height: 80%; padding: 1 2; background: $surface; border: round $border;
    }
    EditText #title { text-style: bold; margin-bottom: 1; }
    EditText #beside { height: auto; max-height: 40%; color: $quiet; margin-bottom: 1; }
    EditText TextArea { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("ctrl+s", "take", "Take it", show=False, priority=True),
    ]

    def __init__(self, title: str, text: str, beside: str = "") -> None:
        super().__init__()
        self._title, self._text, self._beside = title, text, beside

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(plain(self._title), id="title")
            if self._beside:
                yield Static(plain_lines(f"Theirs: {self._beside}"), id="beside")
            yield TextArea(self._text, soft_wrap=True)
            yield Static("ctrl+s takes it, esc leaves everything as it is", classes="quiet", markup=False)

    def action_take(self) -> None:
        """Close with what stands there."""
        _ = self.dismiss(self.query_one(TextArea).text)
