"""`?` — what can be done here and with which key, from the registry."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.commands import in_scope, key_table

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.keymap import KeyChoice

_KEYS, _NAME, _WIDEST = 15, 16, 92
_TITLES = {"list": "In every list", "app": "Everywhere"}


def _section(title: str, rows: list[tuple[str, str, str]], width: int) -> Content:
    """A table whose last column wraps under itself."""
    parts = [Content.styled(title, "bold")]
    for keys, name, words in rows:
        first, *rest = textwrap.wrap(words, max(20, width - _KEYS - _NAME - 4)) or [""]
        head = Content.styled(f"  {keys or ':':<{_KEYS}} ", "$accent") + Content(f"{name:<{_NAME}} ")
        parts.append(head + Content.styled(first, "$quiet"))
        parts.extend(Content.styled(" " * (_KEYS + _NAME + 4) + line, "$quiet") for line in rest)
    return Content("\n").join(parts)


class HelpScreen(ModalScreen[None]):
    """The commands of a scope, of lists, and of everywhere."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > #box {
        width: 92; max-width: 96%; height: auto; max-height: 92%; padding: 1 2;
        background: $surface; border: round $border; scrollbar-size-vertical: 1;
    }
    HelpScreen Static { height: auto; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,minus,f1", "dismiss(None)", "Close", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
    ]

    def __init__(self, scope: str, keys: KeyChoice) -> None:
        super().__init__()
        self._scope, self._keys = scope, keys

    def compose(self) -> ComposeResult:
        width = min(_WIDEST, self.app.size.width * 96 // 100) - 7
        with VerticalScroll(id="box", can_focus=False):
            for scope in dict.fromkeys((self._scope, "list", "app")):
                commands = in_scope(scope)
                if commands:
                    keymap = {c.id: self._keys.of(c.id) for c in commands}
                    title = _TITLES.get(scope, f"Here: {scope}")
                    yield Static(_section(title, key_table(commands, keymap), width))
            yield Static("esc closes this", classes="quiet", markup=False)

    def action_scroll(self, lines: int) -> None:
        """Move the text by lines."""
        self.query_one("#box").scroll_relative(y=lines, animate=False)
