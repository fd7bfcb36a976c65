"""Signing out with words that the server does not have: nothing is lost unless somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.text import count_words, plain, plain_lines, shorten
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from localstore.records import DocSummary

KEEP, SYNC, EXPORT, DISCARD = "keep", "sync", "export", "discard"
_WAYS = (
    (KEEP, "Keep on this computer", "They come back when you sign in again."),
    (SYNC, "Sync first", "Stay signed in until the server has them."),
    (EXPORT, "Export and keep", "Also as files that anybody can read."),
    (DISCARD, "Discard", "Removes this account from this computer."),
)


class SignOut(ModalScreen[str | None]):
    """How to sign out; None to stay."""

    AUTO_FOCUS = "PagedList"
    DEFAULT_CSS = """
    SignOut { align: center middle; background: $background 60%; }
    SignOut > #box {
        width: 76; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    SignOut #title { text-style: bold; margin-bottom: 1; }
    SignOut #waiting { height: auto; max-height: 7; }
    SignOut PagedList { height: 6; margin-top: 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Stay", show=False)]

    def __init__(self, waiting: list[DocSummary]) -> None:
        super().__init__()
        self._waiting = waiting

    def compose(self) -> ComposeResult:
        names = [f"  {shorten(summary.name, 60)}" for summary in self._waiting[:5]]
        more = [f"  and {len(self._waiting) - 5} more"] if len(self._waiting) > 5 else []
        number = count_words(len(self._waiting), "document")
        with Vertical(id="box"):
            yield Static("Sign out", id="title", markup=False)
            if self._waiting:
                words = "\n".join([f"{number} not at the server yet:", *names, *more])
                yield Static(plain_lines(words), id="waiting")
            yield PagedList((Column("", 22), Column("", 20, grow=1)))
            yield Static(plain("enter chooses, esc stays signed in"), classes="quiet")

    def on_mount(self) -> None:
        ways = _WAYS if self._waiting else (_WAYS[0], _WAYS[3])
        rows = [Row(way, (title, about), {1: "quiet"}) for way, title, about in ways]
        self.query_one(PagedList).show_rows(rows)

    def on_paged_list_chosen(self, event: PagedList.Chosen) -> None:
        _ = self.dismiss(event.row.key)
