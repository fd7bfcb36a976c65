"""Which block? All types with a few words each; a letter or the arrows choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.editing.fields import ABOUT
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
    BlockPalette PagedList { height: 8; background: $surface; }
    BlockPalette .quiet { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Cancel", show=False)]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("Add a block", id="title", markup=False)
            yield PagedList((Column("", 3), Column("Block", 10), Column("What it is", 20, grow=1)))
            yield Static("a letter or enter adds it, esc closes", classes="quiet", markup=False)

    def on_mount(self) -> None:
        rows = [Row(kind, (kind[0], kind, about), {0: "accent", 2: "quiet"}) for kind, about in ABOUT.items()]
        self.query_one(PagedList).show_rows(rows)

    def on_key(self, event: events.Key) -> None:
        kind = next((kind for kind in ABOUT if kind[0] == event.key), None)
        if kind is not None:
            event.stop()
            _ = self.dismiss(kind)

    def on_paged_list_chosen(self, event: PagedList.Chosen) -> None:
        _ = self.dismiss(event.row.key)
