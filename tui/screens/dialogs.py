"""Questions: they stand in front of a place, return a typed answer, and default to doing nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui.text import plain, plain_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

_CSS = """
{name} {{ align: center middle; background: $background 60%; }}
{name} > #box {{
    width: 64; max-width: 94%; height: auto; max-height: 90%; padding: 1 2;
    background: $surface; border: round $border;
}}
{name} #title {{ text-style: bold; margin-bottom: 1; }}
{name} #words {{ height: auto; }}
{name} #wrong {{ color: $error; height: auto; }}
{name} #buttons {{ height: auto; margin-top: 1; align-horizontal: right; }}
{name} Button {{ margin-left: 1; background: $panel; color: $foreground; padding: 0 2; }}
{name} Button:focus {{ background: $accent; color: $background; text-style: bold; }}
{name} Input {{ margin-top: 1; background: $panel; }}
"""


class Confirm(ModalScreen[bool]):
    """Yes or no. Cancel has the focus; the deed is named on its button."""

    AUTO_FOCUS = "#cancel"
    DEFAULT_CSS = _CSS.format(name="Confirm")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "Cancel", show=False),
        Binding("left,right,tab", "app.focus_next", "Other", show=False),
    ]

    def __init__(self, title: str, words: str, deed: str) -> None:
        super().__init__()
        self._title, self._words, self._deed = title, words, deed

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(plain(self._title), id="title")
            yield Static(plain_lines(self._words), id="words")
            with Horizontal(id="buttons"):
                yield Button(plain("Cancel"), id="cancel", compact=True)
                yield Button(plain(self._deed), id="deed", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        _ = self.dismiss(event.button.id == "deed")

    def action_answer(self, answer: bool) -> None:
        """Close with this answer."""
        _ = self.dismiss(answer)


class AskText(ModalScreen[str | None]):
    """One line of text; None if the person thought better of it. `check` returns what is wrong."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = _CSS.format(name="AskText")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(
        self,
        title: str,
        words: str = "",
        *,
        value: str = "",
        placeholder: str = "",
        check: Callable[[str], str | None] | None = None,
    ) -> None:
        super().__init__()
        self._title, self._words, self._value, self._placeholder = title, words, value, placeholder
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(plain(self._title), id="title")
            if self._words:
                yield Static(plain_lines(self._words), id="words")
            yield Input(self._value, placeholder=self._placeholder)
            yield Static("", id="wrong", markup=False)
            yield Static("enter accepts, esc leaves everything as it is", classes="quiet", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        wrong = self._check(text) if self._check else (None if text else "Type something first.")
        if wrong is None:
            self.accept(text)
        else:
            self.query_one("#wrong", Static).update(plain(wrong))

    def accept(self, text: str) -> None:
        """What becomes of a text without a fault: the answer."""
        _ = self.dismiss(text)
