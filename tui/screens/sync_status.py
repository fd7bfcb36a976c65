"""`:sync`: where each document stands between this computer and the server, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from localstore.records import DocKind, DocSummary
from tui.commands import bindings
from tui.places import open_hold
from tui.screens.place import Place
from tui.status_words import document_state
from tui.text import count_words, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from localstore.records import DocState
    from tui.services import Services


def why(state: DocState) -> str:
    """What a document waits for, in words."""
    if state.detail:
        return state.detail
    if state.last_error:
        return f"{state.last_error} (tried {count_words(state.attempts, 'time')})"
    return ""


def _urgency(summary: DocSummary) -> int:
    state = summary.state
    return 0 if state.hold else 1 if state.last_error else 2 if state.dirty else 3


class SyncStatusScreen(Place):
    """What needs a person comes first."""

    SCOPE = "sync"
    BINDINGS: ClassVar[list[BindingType]] = bindings("sync")
    COLUMNS = (
        Column("Document", 16, grow=2),
        Column("Kind", 8),
        Column("State", 19),
        Column("Why", 12, grow=3, from_width=70),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._shown: list[DocSummary] = []

    @property
    def crumb(self) -> str:
        return "Sync status"

    def body(self) -> ComposeResult:
        yield Static("", id="about", markup=False)
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)

    def changed(self) -> None:
        everything = [s for kind in DocKind for s in self.services.drafts.list(kind)]
        self._shown = sorted(everything, key=lambda s: (_urgency(s), s.kind, s.name))
        rows = self.query_one(PagedList)
        rows.show_rows([self._row(summary) for summary in self._shown])
        self.show_list(rows, "" if self._shown else "There are no documents on this computer yet.")
        waiting = sum(s.state.dirty for s in self._shown)
        said = f"{self.services.sync.who} · {self.services.sync.badge().text} · "
        rest = f"{count_words(waiting, 'document')} not at the server yet" if waiting else "nothing waits"
        self.query_one("#about", Static).update(plain(f"  {said}{rest}"))
        self.show_hints()

    def _row(self, summary: DocSummary) -> Row:
        state = document_state(summary.state)
        cells = (summary.name, str(summary.kind), state.text, why(summary.state))
        return Row(summary.id, cells, {1: "quiet", 2: state.tone, 3: "quiet"}, data=summary)

    @property
    def current(self) -> DocSummary | None:
        """The document under the cursor."""
        row = self.query_one(PagedList).row
        return row.data if row else None

    def why_not(self, verb: str) -> str | None:
        if verb == "open" and (self.current is None or self.current.state.hold is None):
            return "Nothing about this one waits for your decision."
        return None

    def on_paged_list_moved(self) -> None:
        self.show_hints()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("sync.open")

    async def do_open(self) -> None:
        if self.current:
            await open_hold(self.app, self.services, self.current.kind, self.current.id)

    def do_now(self) -> None:
        self.services.sync.now()
        self.say("Asked the server.")
