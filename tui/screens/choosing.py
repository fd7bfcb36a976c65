"""One of a few ways to go on, each with a line about what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.text import plain, plain_lines
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

Way = tuple[str, str, str]
"""A key, what it is called, and what it means."""


class ChooseWay(ModalScreen[str | None]):
    """The key of what was chosen; None to leave everything as it is. `stays` says what that is."""

    AUTO_FOCUS = "PagedList"
    DEFAULT_CSS = """
    ChooseWay { align: center middle; background: $background 60%; }
    ChooseWay > #box {
        width: 76; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    ChooseWay #title { text-style: bold; margin-bottom: 1; }
    ChooseWay #words { height: auto; max-height: 7; }
    ChooseWay PagedList { height: 6; margin-top: 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Stay", show=False)]

    def __init__(self, title: str, words: str, ways: Sequence[Way], stays: str) -> None:
        super().__init__()
        self._title, self._words, self._ways, self._stays = title, words, ways, stays

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._title, id="title", markup=False)
            if self._words:
                yield Static(plain_lines(self._words), id="words")
            yield PagedList((Column("", 22), Column("", 20, grow=1)))
            yield Static(plain(f"enter chooses, esc {self._stays}"), classes="quiet")

    def on_mount(self) -> None:
        rows = [Row(way, (title, about), {1: "quiet"}) for way, title, about in self._ways]
        self.query_one(PagedList).show_rows(rows)

    def on_paged_list_chosen(self, event: PagedList.Chosen) -> None:
        _ = self.dismiss(event.row.key)
