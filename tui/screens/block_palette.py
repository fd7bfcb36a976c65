"""Which block? All types with a few words each; a letter, the arrows or a few typed words choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.editing.fields import ABOUT, LETTERS
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class BlockPalette(ModalScreen[str | None]):
    """Returns a type; None if the person thought better of it."""

    AUTO_FOCUS = "PagedList"
    DEFAULT_CSS = """
    BlockPalette { align: center middle; background: $background 60%; }
    BlockPalette > #box {
        width: 62; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    BlockPalette #title { text-style: bold; margin-bottom: 1; }
    BlockPalette PagedList { height: 14; background: $surface; }
    BlockPalette Input { display: none; }
    BlockPalette.-filtering Input { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Cancel", show=False),
        Binding("slash", "filter", "Filter", show=False),
    ]

    def __init__(self, where: str) -> None:
        super().__init__()
        self._question = f"Add a block {where}".rstrip()

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._question, id="title", markup=False)
            yield PagedList((Column("", 3), Column("Block", 10), Column("What it is", 20, grow=1)))
            yield Input(placeholder="a few letters of the name or of what it is")
            yield Static("a letter or enter adds it, / filters, esc closes", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self._show("")

    def _show(self, words: str) -> None:
        letters = {kind: letter for letter, kind in LETTERS.items()}
        rows = [
            Row(kind, (letters[kind], kind, about), {0: "accent", 2: "quiet"})
            for kind, about in ABOUT.items()
            if words.strip().lower() in f"{kind} {about}".lower()
        ]
        self.query_one(PagedList).show_rows(rows)

    def action_filter(self) -> None:
        self.add_class("-filtering")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def on_input_submitted(self) -> None:
        if row := self.query_one(PagedList).row:
            _ = self.dismiss(row.key)

    def on_key(self, event: events.Key) -> None:
        typing = isinstance(self.focused, Input)
        kind = None if typing else LETTERS.get(event.key)
        if kind is not None:
            event.stop()
            _ = self.dismiss(kind)

    def on_paged_list_chosen(self, event: PagedList.Chosen) -> None:
        _ = self.dismiss(event.row.key)
