"""`:` — one line to go anywhere, with completion."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui import goto
from tui.text import plain, plain_lines

if TYPE_CHECKING:
    from textual.app import ComposeResult

_SHOWN = 8


class GotoPrompt(ModalScreen[goto.Target | None]):
    """Returns where to go; None if the person stays."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    GotoPrompt { align: center bottom; background: transparent; }
    GotoPrompt > #box {
        width: 100%; height: auto; background: $surface; border-top: solid $border; padding: 0 1;
    }
    GotoPrompt #options { height: auto; color: $quiet; padding: 0 1; }
    GotoPrompt #wrong { height: auto; color: $error; padding: 0 1; }
    GotoPrompt Input { background: $surface; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Stay", show=False),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("", id="options", markup=False)
            yield Static("", id="wrong", markup=False)
            yield Input(placeholder=": where to? tab completes, esc stays here")

    def on_mount(self) -> None:
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, line: str) -> None:
        options = goto.complete(line)[:_SHOWN]
        self.query_one("#options", Static).update(plain_lines("\n".join(options)))
        self.query_one("#wrong", Static).update("")

    def action_complete(self) -> None:
        """Take the first option."""
        field = self.query_one(Input)
        if options := goto.complete(field.value):
            field.value = options[0]
            field.cursor_position = len(field.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            _ = self.dismiss(None)
            return
        try:
            _ = self.dismiss(goto.parse(event.value))
        except goto.UnknownPlaceError as error:
            self.query_one("#wrong", Static).update(plain(error))
