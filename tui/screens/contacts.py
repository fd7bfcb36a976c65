"""Everyone one may write to: a list by position, however long it is, and the fields of one contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.commands import bindings
from tui.contact_rows import COLUMNS, contact_lines, contact_row
from tui.screens.dialogs import AskText
from tui.screens.filtered import FilteredPlace
from tui.text import count_words, plain
from tui.widgets.paged_list import PagedList
from tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from sync.errors import ServiceError
    from tui.services import Services

_DEBOUNCE = 0.15
_IMPORT = "handbill contacts import people.csv"


def check_address(text: str) -> str | None:
    """Only the obvious: the server decides."""
    name, at, host = text.partition("@")
    return (
        None if at and name and "." in host and " " not in text else "An address looks like ana@example.com."
    )


class ContactsScreen(FilteredPlace):
    """`/` searches on the server while typing."""

    SCOPE = "contacts"
    BINDINGS: ClassVar[list[BindingType]] = bindings("contacts")
    CSS_PATH = "contacts.tcss"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._query = ""
        self._asked = False
        self._organisation_zone = ""

    def body(self) -> ComposeResult:
        yield Input(placeholder="search addresses and names, esc shows all", classes="filter", id="filter")
        with Horizontal():
            with Vertical(id="people"):
                yield Static("", id="count", classes="quiet", markup=False)
                yield PagedList(COLUMNS)
                yield Static("", classes="empty", markup=False)
            yield TextPane(id="detail")

    def changed(self) -> None:
        if not self._asked:
            self._asked = True
            self.do_reload()

    def _reopen(self) -> None:
        self._empty("Asking the server …")
        self.query_one(PagedList).open()

    def _empty(self, words: str) -> None:
        self.show_list(self.query_one(PagedList), words)

    def on_paged_list_page_needed(self, event: PagedList.PageNeeded) -> None:
        self.read(lambda: self._page(event), "page", exclusive=False)

    async def _page(self, event: PagedList.PageNeeded) -> None:
        try:
            page = await self.services.contacts.page(event.offset, event.limit, self._query)
        except BaseException:
            event.list.page_failed(event.offset, event.generation)
            raise
        event.list.show_page(
            event.offset, [contact_row(contact) for contact in page.contacts], page.total, event.generation
        )
        words = f"{count_words(page.total, 'contact')}{f' with “{self._query}”' if self._query else ''}"
        words += ", as last seen: the server is away" if self.services.contacts.remembered else ""
        self.query_one("#count", Static).update(plain(words))
        self._empty("" if page.total else self._why_empty())
        self.show_hints()

    def _why_empty(self) -> str:
        if self._query:
            return "Nobody's address or name has these words. Press esc to see everyone."
        return f"There is nobody yet. Press n to add a contact, or import a file: {_IMPORT}"

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "zone":
            return  # the list says that the server is away
        if group in ("page", "search") and not self.query_one(PagedList).total:
            self._empty(f"{error} Press R to try again.")
        else:
            super().failed(group, error)

    def why_not(self, verb: str) -> str | None:
        if verb == "open" and self.query_one(PagedList).row is None:
            return "There is no contact on this line."
        return None

    def apply_goto(self, filters: dict[str, str], words: str) -> None:  # noqa: ARG002  # contacts have no filters
        self._search_for(words)
        self.fill_filter(words)

    def key_escape(self) -> None:
        self.end_filter()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._search_for(event.value)

    def _search_for(self, words: str) -> None:
        if words.strip() != self._query:
            self.read(lambda: self._search(words.strip()), "search")

    async def _search(self, words: str) -> None:
        await self.services.clock.sleep(_DEBOUNCE)
        self._query = words
        self._reopen()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("contacts.open")

    def on_paged_list_moved(self) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        row = self.query_one(PagedList).row
        lines = contact_lines(row.data, self._organisation_zone) if row else Content("")
        self.query_one("#detail", TextPane).show(lines)

    def do_open(self) -> None:
        self.query_one("#detail").toggle_class("-open")
        self._show_detail()

    def do_reload(self) -> None:
        self._reopen()
        self.read(self._learn_zone, "zone")

    async def _learn_zone(self) -> None:
        self._organisation_zone = (await self.services.rules.show()).time_zone
        self._show_detail()

    async def do_new(self) -> None:
        async def answered(address: str | None) -> None:
            if address:
                await self._ask_name(address)

        await self.app.push_screen(
            AskText("Add a contact", placeholder="ana@example.com", check=check_address), answered
        )

    async def _ask_name(self, address: str) -> None:
        def answered(name: str | None) -> None:
            if name is not None:
                self.ask_server(lambda: self._add(address, name))

        await self.app.push_screen(
            AskText(address, "What is their name? It may stay empty.", check=lambda _: None), answered
        )

    async def _add(self, address: str, name: str) -> None:
        contact = await self.services.contacts.create(address, name)
        self.say(f"{contact.email} is now a contact.")
        self._reopen()
