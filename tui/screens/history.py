"""Every text that something else took the place of in the last thirty days of use, to be brought back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container, Vertical
from textual.widgets import Static

from localstore.records import DocKind
from tui.commands import bindings
from tui.moments import say_when
from tui.readable import compared, lines_of
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.text import plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList
from tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from localstore.records import KeptText
    from tui.services import Services

_EMPTY = (
    "Nothing was replaced yet. Texts that a merge, a decision or a deletion replaces are kept for 30 days."
)


class HistoryScreen(Place):
    """Of one document, or of all."""

    SCOPE = "history"
    BINDINGS: ClassVar[list[BindingType]] = bindings("history")
    CSS_PATH = "history.tcss"

    def __init__(self, services: Services, kind: DocKind | None = None, id: str | None = None) -> None:
        super().__init__(services)
        self._kind, self._id = kind, id
        self._kept: list[KeptText] = []

    @property
    def crumb(self) -> str:
        return "History"

    @property
    def document(self) -> tuple[DocKind, str] | None:
        return (self._kind, self._id) if self._kind and self._id else None

    def body(self) -> ComposeResult:
        with Container(id="split"):
            yield PagedList((Column("When", 17), Column("Document", 12, grow=1), Column("Why", 14, grow=1)))
            with Vertical(id="text"):
                yield Static("As it was; marked lines differ from now", classes="quiet", markup=False)
                yield TextPane()
        yield Static("", classes="empty", markup=False)

    def changed(self) -> None:
        if not self.is_mounted:
            return
        self._kept = self.services.drafts.kept(self._kind, self._id)
        rows = self.query_one(PagedList)
        rows.show_rows([self._row(kept) for kept in self._kept])
        self.query_one("#split").display = bool(self._kept)
        self.show_list(rows, "" if self._kept else _EMPTY)
        self._show_text()

    def _row(self, kept: KeptText) -> Row:
        when = say_when(datetime.fromtimestamp(kept.at, UTC), self.services.clock.now())
        cells = (when, str(kept.content.get("name") or "Untitled"), kept.why)
        return Row(str(kept.n), cells, {0: "quiet", 2: "quiet"}, data=kept)

    @property
    def _current(self) -> KeptText | None:
        row = self.query_one(PagedList).row
        return row.data if row else None

    def _show_text(self) -> None:
        kept = self._current
        if kept is not None:
            segments = {s.id: s.name for s in self.services.drafts.list(DocKind.SEGMENT)}
            now = self.services.clock.now()
            present = self.services.drafts.get(kept.kind, kept.id)
            there = lines_of(present.content, segments, now) if present and not present.deleted else []
            self.query_one(TextPane).show(compared(lines_of(kept.content, segments, now), there))
        self.show_hints()

    def on_paged_list_moved(self) -> None:
        self._show_text()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("history.restore")

    def why_not(self, verb: str) -> str | None:
        return "There is no text on this line." if verb == "restore" and self._current is None else None

    async def do_restore(self) -> None:
        kept = self._current
        assert kept is not None
        present = self.services.drafts.get(kept.kind, kept.id)
        there = present is not None and not present.deleted
        words = (
            "It takes the place of the present text, which is kept here."
            if there
            else "It becomes a new document."
        )

        async def answered(yes: bool | None) -> None:
            if yes:
                await self.attempt(lambda: self._restore(kept.n))

        await self.app.push_screen(Confirm("Bring this text back?", words, "Bring back"), answered)

    async def _restore(self, n: int) -> None:
        await self.services.drafts.bring_back(n)
        self.say("It is back.")
        self.query_one("#text .quiet", Static).update(plain("As it was; marked lines differ from now"))
