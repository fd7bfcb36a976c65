"""With what an account signs: its keys, the record to publish for each, and changing from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from tui.account_words import zone_line
from tui.commands import bindings
from tui.moments import say_when
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.text import clean, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.accounts import SendingAccount
    from contract.dkim import DkimKey
    from sync.errors import ServiceError
    from tui.services import Services

_NONE = (
    "Its mails are not signed, and large receivers refuse unsigned ones. Press n to make a key; publish its "
    "record, and then sign with it."
)


class DkimScreen(Place):
    """A new key signs nothing until its record was published and the person says so."""

    SCOPE = "dkim"
    BINDINGS: ClassVar[list[BindingType]] = bindings("dkim")
    DEFAULT_CSS = """
    DkimScreen #record { height: auto; max-height: 12; padding: 0 2; border-top: solid $border; }
    """

    def __init__(self, services: Services, account: SendingAccount) -> None:
        super().__init__(services)
        self._account = account
        self._keys: list[DkimKey] = []

    @property
    def crumb(self) -> str:
        return f"DKIM of {self._account.name}"

    def body(self) -> ComposeResult:
        yield PagedList(
            (
                Column("Selector", 16, grow=2),
                Column("Kind", 8),
                Column("Signs", 12),
                Column("Made", 17, grow=1),
            )
        )
        yield Static("", classes="empty", markup=False)
        yield Static("", id="record", markup=False)

    async def on_mount(self) -> None:
        self.read(self._load, "keys")

    async def _load(self) -> None:
        self._keys = await self.services.accounts.keys(self._account.id)
        people, now = self.query_one(PagedList), self.services.clock.now()
        people.show_rows(
            [
                Row(
                    key.id,
                    (
                        key.selector,
                        str(key.algorithm),
                        "✓ signs" if key.active else "○ not yet",
                        say_when(key.created_at, now),
                    ),
                    {2: "good" if key.active else "warn", 3: "quiet"},
                )
                for key in self._keys
            ]
        )
        self.show_list(people, "" if self._keys else _NONE)
        self._show_record()
        self.show_hints()

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "keys" and not self._keys:
            self.show_list(self.query_one(PagedList), f"{error} Press R to try again.")
        else:
            super().failed(group, error)

    @property
    def current(self) -> DkimKey | None:
        """The key under the cursor."""
        row = self.query_one(PagedList).row
        return next((key for key in self._keys if row and key.id == row.key), None)

    def why_not(self, verb: str) -> str | None:
        if verb in ("copy", "activate", "delete") and self.current is None:
            return "There is no key on this line. Press n to make one."
        if verb == "activate" and self.current and self.current.active:
            return "Mails are signed with it already."
        return None

    def on_paged_list_moved(self) -> None:
        self._show_record()
        self.show_hints()

    def _show_record(self) -> None:
        key, box = self.current, self.query_one("#record", Static)
        box.display = key is not None
        if key is None:
            return
        todo = (
            "Published for receivers:" if key.active else "Publish this record (c copies it), then press a:"
        )
        box.update(
            plain(f"{todo}\n", "$quiet")
            + Content("\n" + clean(f"{key.record_name}  TXT") + "\n" + clean(key.record_value))
        )

    def do_copy(self) -> None:
        if self.current:
            self.app.copy_to_clipboard(zone_line(self.current))
            self.say("The record is in the clipboard, as a zone file has it.")

    def do_reload(self) -> None:
        self.read(self._load, "keys")

    def do_new(self) -> None:
        self._make("rsa")

    def do_new_ed25519(self) -> None:
        self._make("ed25519")

    def _make(self, algorithm: str) -> None:
        async def make() -> None:
            await self.services.accounts.make_key(self._account.id, algorithm)
            await self._load()
            self.query_one(PagedList).do_bottom()

        self.ask_server(make)

    async def do_activate(self) -> None:
        key = self.current
        assert key is not None

        async def activate() -> None:
            await self.services.accounts.activate_key(key.id)
            self.say(f"Mails are signed with {key.selector} from now on.")
            await self._load()

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(activate)

        words = "Its record must be published: a signature that nobody can check is worse than none."
        await self.app.push_screen(Confirm(f"Sign with {key.selector}?", words, "Sign with it"), answered)

    async def do_delete(self) -> None:
        key = self.current
        assert key is not None

        async def delete() -> None:
            await self.services.accounts.delete_key(key.id)
            await self._load()

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(delete)

        words = "Leave its record published for some days: mails that it signed are still on their way."
        await self.app.push_screen(Confirm(f"Remove the key {key.selector}?", words, "Remove it"), answered)
