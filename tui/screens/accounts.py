"""Through which servers mail leaves, how each stands, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from tui.account_words import account_row, standing
from tui.commands import bindings
from tui.screens.dialogs import AskText, Confirm
from tui.screens.place import Place
from tui.text import count_words, plain, plain_lines
from tui.widgets.list_rows import Column
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.accounts import SendingAccount
    from contract.deliverability import DomainCheck
    from sync.errors import ServiceError
    from tui.services import Services

_NEEDS_LINE = {"open", "test", "check", "dkim", "pause", "resume", "default", "delete"}
_MARKS = {"ok": "✓", "note": "·", "wrong": "!", "unknown": "?"}


def _finding(check: DomainCheck) -> list[str]:
    """What was found, and the record that would mend it."""
    found = [f"{_MARKS[check.state]} {check.name}: {check.detail}"]
    if check.record_value:
        found.append(f"    {check.record_name} TXT {check.record_value}")
    return found


class AccountsScreen(Place):
    """Reads from the server; offline it shows what was seen last."""

    SCOPE = "accounts"
    BINDINGS: ClassVar[list[BindingType]] = bindings("accounts")
    DEFAULT_CSS = """
    AccountsScreen #count { height: 1; padding: 0 2; }
    AccountsScreen #standing { height: auto; max-height: 12; padding: 0 2; border-top: solid $border; }
    """
    COLUMNS = (
        Column("Name", 14, grow=2),
        Column("Server", 18, grow=2),
        Column("From", 12, grow=2, from_width=100),
        Column("Lanes", 5, right=True, from_width=120),
        Column("Rate", 8, right=True, from_width=90),
        Column("Today", 16, right=True),
        Column("State", 10),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._accounts: list[SendingAccount] = []
        self._installation = ""
        self._said: dict[str, str] = {}

    def body(self) -> ComposeResult:
        yield Static("", id="count", classes="quiet", markup=False)
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)
        yield Static("", id="standing", markup=False)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.read(self._load, "accounts")

    def changed(self) -> None:
        self.read(self._load, "accounts")

    async def _load(self) -> None:
        found = await self.services.accounts.list()
        self._accounts, self._installation = found.accounts, found.installation or ""
        away = ", as last seen: the server is away" if self.services.accounts.remembered else ""
        words = f"{count_words(len(self._accounts), 'sending account')}{away}"
        self.query_one("#count", Static).update(plain(words if self._accounts else ""))
        people = self.query_one(PagedList)
        people.show_rows([account_row(account) for account in self._accounts])
        self.show_list(people, "" if self._accounts else self._why_empty())
        self._show_standing()
        self.show_hints()

    def _why_empty(self) -> str:
        if self._installation:
            server = f"Mails leave through the installation's server, {self._installation}."
        else:
            server = "Nothing can be sent yet."
        return f"There is no sending account. {server} Press n to add one."

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "accounts" and not self._accounts:
            self.show_list(self.query_one(PagedList), f"{error} Press R to try again.")
            self.query_one("#standing").display = False
        else:
            super().failed(group, error)

    @property
    def current(self) -> SendingAccount | None:
        """The account under the cursor."""
        row = self.query_one(PagedList).row
        return next((account for account in self._accounts if row and account.id == row.key), None)

    def why_not(self, verb: str) -> str | None:
        account = self.current
        if verb in _NEEDS_LINE and account is None:
            return "There is no account on this line. Press n to add one."
        if account is not None and verb == "pause" and account.state == "paused":
            return "It is paused already."
        if account is not None and verb == "resume" and account.state == "ready":
            return "It is neither paused nor resting."
        if account is not None and verb == "default" and account.is_default:
            return "It is the default already."
        return None

    def on_paged_list_moved(self) -> None:
        self._show_standing()
        self.show_hints()

    def _show_standing(self) -> None:
        account, box = self.current, self.query_one("#standing", Static)
        box.display = account is not None
        if account is not None:
            words = standing(account, self.services.clock.now())
            box.update(plain_lines(f"{words}\n{self._said.get(account.id, '')}".rstrip()))

    def _say_of(self, account_id: str, words: str) -> None:
        """What was found out about an account stays with its line."""
        self._said[account_id] = words
        self._show_standing()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("accounts.open")

    async def do_open(self) -> None:
        from tui.screens.account import AccountScreen

        await self.app.push_screen(AccountScreen(self.services, self.current, self._saved))

    async def do_new(self) -> None:
        from tui.screens.account import AccountScreen

        await self.app.push_screen(AccountScreen(self.services, None, self._saved))

    def _saved(self, account: SendingAccount) -> None:
        self._say_of(account.id, "Saved. t tries to sign in at its server.")

    async def do_dkim(self) -> None:
        from tui.screens.dkim import DkimScreen

        if self.current:
            await self.app.push_screen(DkimScreen(self.services, self.current))

    def do_reload(self) -> None:
        self.read(self._load, "accounts")

    def do_test(self) -> None:
        account = self.current
        assert account is not None
        self._say_of(account.id, f"Asking {account.host}:{account.port} …")

        async def test() -> None:
            tried = await self.services.accounts.test(account.id)
            said = "The server lets us in." if tried.works else f"It does not work: {tried.reason}."
            self._say_of(account.id, said)

        self._of(account, test)

    def do_check(self) -> None:
        account = self.current
        assert account is not None
        self._say_of(account.id, "Looking up what receivers find …")

        async def check() -> None:
            found = await self.services.accounts.check(account.id)
            self._say_of(account.id, "\n".join(line for check in found.checks for line in _finding(check)))

        self._of(account, check)

    def _of(self, account: SendingAccount, deed: Callable[[], Awaitable[None]]) -> None:
        """A failure is said where the result would be."""
        from sync.errors import ServiceError

        async def attempt() -> None:
            try:
                await deed()
            except ServiceError as error:
                self._say_of(account.id, str(error))

        self.ask_server(attempt)

    async def do_pause(self) -> None:
        account = self.current
        assert account is not None

        def answered(reason: str | None) -> None:
            if reason is not None:
                self.ask_server(lambda: self._act(account, "pause", reason))

        words = (
            "Nothing leaves through it until somebody resumes it. Why? The others read it; it may stay empty."
        )
        ask = AskText(f"Pause “{account.name}”?", words, check=lambda _: None)
        await self.app.push_screen(ask, answered)

    def do_resume(self) -> None:
        self._do("resume")

    def do_default(self) -> None:
        self._do("default")

    def _do(self, verb: str) -> None:
        account = self.current
        assert account is not None
        self.ask_server(lambda: self._act(account, verb))

    async def _act(self, account: SendingAccount, verb: str, reason: str = "") -> None:
        await self.services.accounts.act(account.id, verb, reason)
        done = {"pause": "is paused", "resume": "sends again", "default": "is the default now"}[verb]
        self.say(f"{account.name} {done}.")
        await self._load()

    async def do_delete(self) -> None:
        account = self.current
        assert account is not None

        async def delete() -> None:
            await self.services.accounts.delete(account.id)
            self.say(f"{account.name} is removed.")
            await self._load()

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(delete)

        words = "Its password and its DKIM keys go with it. Drafts that chose it must choose another one."
        await self.app.push_screen(Confirm(f"Remove “{account.name}”?", words, "Remove it"), answered)
