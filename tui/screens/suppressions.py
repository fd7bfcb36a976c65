"""Addresses that are never written to: why, since when, of which mail, and back where that may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input, Static

from contract.suppressions import COMPLAINT
from tui.commands import bindings
from tui.moments import say_when
from tui.screens.contacts import check_address
from tui.screens.dialogs import AskText, Confirm
from tui.screens.filtered import FilteredPlace
from tui.text import count_words, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.suppressions import Suppression
    from sync.errors import ServiceError
    from tui.services import Services

_DEBOUNCE = 0.15
_NEAR_END = 20
_TONES = {"complaint": "bad", "bounced": "warn"}
_NEVER = "This person complained about our mail: that is never undone."
_LEFT = "They unsubscribed themselves. Only let them be written to again if they asked you for it."


class SuppressionsScreen(FilteredPlace):
    """The newest first; the list grows as one scrolls, the counts are of all."""

    SCOPE = "suppressions"
    BINDINGS: ClassVar[list[BindingType]] = bindings("suppressions")
    DEFAULT_CSS = "SuppressionsScreen #count { height: 1; padding: 0 2; }"
    COLUMNS = (
        Column("Address", 22, grow=3),
        Column("Why", 13),
        Column("Since", 17),
        Column("From which mail", 14, grow=2, from_width=76),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._query, self._reason = "", ""
        self._reasons: list[str] = []
        self._cursor: str | None = None
        self._loading = False

    def body(self) -> ComposeResult:
        yield Input(placeholder="search addresses, esc shows all", classes="filter", id="filter")
        yield Static("Asking the server …", id="count", classes="quiet", markup=False)
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)

    async def on_mount(self) -> None:
        self.query_one(".empty").display = False
        self.do_reload()

    def do_reload(self) -> None:
        self._cursor = None
        self.query_one(PagedList).show_rows([])
        self.read(self._more, "page")

    async def _more(self) -> None:
        self._loading = True
        try:
            page = await self.services.suppressions.page(self._cursor, self._query, self._reason)
        finally:
            self._loading = False
        self._cursor, self._reasons = page.next_cursor, list(page.reasons)
        people = self.query_one(PagedList)
        people.append([self._row(row) for row in page.suppressions])
        self._show_count(page.total, page.reasons)
        self.show_list(people, "" if people.total else self._why_empty())
        self.show_hints()

    def _show_count(self, total: int, reasons: dict[str, int]) -> None:
        each = " · ".join(f"{reason} {count:,}" for reason, count in reasons.items())
        which = f"{self._reason} " if self._reason else ""
        words = f"{count_words(total, f'{which}address', f'{which}addresses')}   {each}"
        words += "   as last seen: the server is away" if self.services.suppressions.remembered else ""
        self.query_one("#count", Static).update(plain(words))

    def _why_empty(self) -> str:
        if self._query:
            return "No contact's address has this. Type a whole address to find one nobody bears any more."
        if self._reason:
            return "No address is suppressed for this reason."
        return "Everyone may be written to. Bounces and unsubscribes come here; n adds an address by hand."

    def _row(self, row: Suppression) -> Row:
        since = say_when(row.since, self.services.clock.now())
        address = row.email or f"(not kept: {row.hash[:12]}…)"
        cells = (address, row.reason, since, row.source_name or ("one that is gone" if row.source_id else ""))
        tones = {1: _TONES.get(row.reason, ""), 2: "quiet", 3: "quiet"}
        return Row(row.hash, cells, tones if row.email else tones | {0: "quiet"}, data=row)

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "page" and not self.query_one(PagedList).total:
            self.query_one("#count", Static).update("")
            self.show_list(self.query_one(PagedList), f"{error} Press R to try again.")
        else:
            super().failed(group, error)

    @property
    def current(self) -> Suppression | None:
        """The line under the cursor."""
        row = self.query_one(PagedList).row
        return row.data if row else None

    def why_not(self, verb: str) -> str | None:
        if verb == "undo" and self.current is None:
            return "There is no address on this line."
        if verb == "undo" and self.current and self.current.reason == COMPLAINT:
            return _NEVER
        return None

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        self.show_hints()
        near = event.position >= event.list.total - _NEAR_END
        if near and self._cursor is not None and not self._loading:
            self.read(self._more, "page")

    def apply_goto(self, filters: dict[str, str], words: str) -> None:
        self._reason = filters.get("reason", "")
        self._query = words
        self.fill_filter(words)
        self.do_reload()

    def key_escape(self) -> None:
        self.end_filter()

    def on_input_changed(self, event: Input.Changed) -> None:
        words = event.value.strip()
        if words != self._query:
            self.read(lambda: self._search(words), "search")

    async def _search(self, words: str) -> None:
        await self.services.clock.sleep(_DEBOUNCE)
        self._query = words
        self.do_reload()

    def do_reason(self) -> None:
        """The next reason, and after the last one all of them."""
        choices = ["", *self._reasons]
        at = choices.index(self._reason) if self._reason in choices else 0
        self._reason = choices[(at + 1) % len(choices)]
        self.do_reload()

    async def do_new(self) -> None:
        async def add(address: str) -> None:
            await self.services.suppressions.add(address)
            self.say(f"{address} is never written to again.")
            self.do_reload()

        def answered(address: str | None) -> None:
            if address:
                self.ask_server(lambda: add(address))

        words = "Whoever bears this address gets no mail any more, whatever segment they are in."
        ask = AskText("Never write to", words, placeholder="ana@example.com", check=check_address)
        await self.app.push_screen(ask, answered)

    async def do_undo(self) -> None:
        row = self.current
        assert row is not None
        name = row.email or "this address"

        async def undo() -> None:
            await self.services.suppressions.undo(row.hash)
            self.say(f"{name} may be written to again.")
            self.do_reload()

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(undo)

        why = f"It is here because: {row.reason}" + (f", of “{row.source_name}”" if row.source_name else "")
        words = f"{why}. {_LEFT if row.reason == 'unsubscribed' else 'From now on mails may go there.'}"
        await self.app.push_screen(Confirm(f"Write to {name} again?", words, "Write there again"), answered)
