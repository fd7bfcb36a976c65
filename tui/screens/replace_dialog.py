"""Find and replace: two lines, and how often the words stand in the mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.editing.replacing import count
from tui.text import count_words

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.editing.replacing import Json


class ReplaceDialog(ModalScreen[tuple[str, str] | None]):
    """Returns what to find and what to put there; None if the person thought better of it."""

    AUTO_FOCUS = "#find"
    DEFAULT_CSS = """
    ReplaceDialog { align: center middle; background: $background 60%; }
    ReplaceDialog > #box {
        width: 64; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    ReplaceDialog #title { text-style: bold; }
    ReplaceDialog Input { margin-top: 1; background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(self, mail: Json) -> None:
        super().__init__()
        self._mail = mail

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("Find and replace in this mail", id="title", markup=False)
            yield Input(placeholder="find, upper and lower case as typed", id="find")
            yield Input(placeholder="put there; nothing takes the words out", id="put")
            yield Static("", id="count", markup=False)
            hint = "enter goes on and then replaces all, esc leaves everything"
            yield Static(hint, classes="quiet", markup=False)

    def on_input_changed(self) -> None:
        words = self.query_one("#find", Input).value
        found = count(self._mail, words)
        times = f"In {count_words(found, 'place')}." if found else "Not in this mail."
        self.query_one("#count", Static).update(times if words else "")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        words, others = self.query_one("#find", Input).value, self.query_one("#put", Input).value
        if event.input.id == "find":
            self.query_one("#put").focus()
        elif count(self._mail, words):
            _ = self.dismiss((words, others))
