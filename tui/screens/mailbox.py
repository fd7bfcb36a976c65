"""The mails the local catcher took: what really arrived, read as a person would read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.content import Content
from textual.widgets import Input, Static

from tui.commands import bindings
from tui.screens.filtered import FilteredPlace
from tui.text import clean, plain, plain_lines
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList
from tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from localstore.mailbox import CaughtMail
    from tui.services import Services

_LOOK_EVERY = 2.0
_ABSENT = (
    "Mails leave here for good, through sending accounts (press 7): there is no local mailbox. "
    "`handbill demo` has one to try things with."
)
_EMPTY = "No mail has arrived yet. Send a test from the composer, or a campaign, and it lands here."


class MailboxScreen(FilteredPlace):
    """List above or beside the reader; new mails appear by themselves."""

    SCOPE = "mailbox"
    BINDINGS: ClassVar[list[BindingType]] = bindings("mailbox")
    CSS_PATH = "mailbox.tcss"
    COLUMNS = (Column("To", 18, grow=5), Column("Subject", 14, grow=4))

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._mails: list[CaughtMail] = []
        self._count = -1
        self._words = ""
        self._html = False

    def body(self) -> ComposeResult:
        yield Input(placeholder="filter: type words, esc shows all", classes="filter", id="filter")
        with Container(id="split"):
            yield PagedList(self.COLUMNS)
            yield TextPane(id="reader")
        yield Static("", classes="empty", markup=False)

    def on_screen_resume(self) -> None:
        self.read(self._watch, "poll")

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "poll")

    async def _watch(self) -> None:
        while self.services.mailbox.present:
            if await self.services.mailbox.count() != self._count:
                await self._load()
            await self.services.clock.sleep(_LOOK_EVERY)
        self._show()

    async def _load(self) -> None:
        self._mails = await self.services.mailbox.list()
        self._count = await self.services.mailbox.count()
        self._show()

    def _show(self) -> None:
        words = self._words.lower().split()
        shown = [m for m in self._mails if all(w in f"{m.to} {m.subject}".lower() for w in words)]
        self.query_one(PagedList).show_rows([Row(m.key, (m.to, m.subject), {}, data=m) for m in shown])
        self.query_one("#split").display = bool(shown)
        empty = self.query_one(".empty", Static)
        empty.display = not shown
        nothing = _EMPTY if self.services.mailbox.present else _ABSENT
        empty.update(
            plain("Nothing fits this filter. Press esc to see all again." if self._mails else nothing)
        )
        self.show_hints()

    def why_not(self, verb: str) -> str | None:
        if verb != "reload" and not self._mails:
            return "There is no mail here yet."
        return None

    def on_paged_list_moved(self) -> None:
        self._read_mail()

    def _read_mail(self) -> None:
        row = self.query_one(PagedList).row
        self.query_one("#reader", TextPane).show(self._content(row.data) if row else Content(""))

    def _content(self, mail: CaughtMail) -> Content:
        heads = (("from", mail.sender), ("to", mail.to), ("date", mail.date), ("subject", mail.subject))
        lines = [Content.styled(f"{key:<8} ", "$quiet") + Content(clean(value)) for key, value in heads]
        body = mail.html if self._html else mail.text
        missing = (
            "This mail has no HTML part." if self._html else "This mail has no text part; v shows its HTML."
        )
        return Content("\n").join([*lines, Content(""), plain_lines(body or missing)])

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("mailbox.open")

    def do_open(self) -> None:
        self.query_one("#reader").focus()

    def do_source(self) -> None:
        self._html = not self._html
        self._read_mail()

    def do_reload(self) -> None:
        self._count = -1
        self.read(self._watch, "poll")

    def key_escape(self) -> None:
        self.end_filter()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._words = event.value
        self._show()
