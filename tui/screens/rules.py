"""What the organisation has set for everyone's sending: what each rule means, who may change it, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from contract.roles import Role
from sync.errors import ServiceError
from tui import rule_words as words
from tui.commands import bindings
from tui.screens.dialogs import AskText
from tui.screens.place import Place
from tui.text import plain, plain_lines
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.accounts import SendingAccountList
    from contract.members import Organisation
    from localstore.records import Json
    from tui.services import Services

_BY_ID = {rule.id: rule for rule in words.RULES}
_AWAY = "The server is away: this is what was seen last, and it can only be changed there."


@dataclass(frozen=True, slots=True)
class _Change:
    """One change that was made here: what it was and what it became."""

    rule: str
    before: Json
    after: Json


class RulesScreen(Place):
    """Read from the server, and changed there at once; nothing waits on this computer."""

    SCOPE = "rules"
    BINDINGS: ClassVar[list[BindingType]] = bindings("rules")
    DEFAULT_CSS = """
    RulesScreen #count { height: 1; padding: 0 2; }
    RulesScreen #meaning { height: auto; max-height: 8; padding: 0 2; border-top: solid $border; }
    """
    COLUMNS = (Column("Rule", 20, grow=1), Column("Now", 20, grow=2), Column("Changed by", 15))

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._org: Organisation | None = None
        self._accounts: SendingAccountList | None = None
        self._role: Role | None = None
        self._made: list[_Change] = []

    @property
    def crumb(self) -> str:
        return "Sending rules"

    def body(self) -> ComposeResult:
        yield Static("Asking the server …", id="count", classes="quiet", markup=False)
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)
        yield Static("", id="meaning", markup=False)

    async def on_mount(self) -> None:
        for place in (".empty", "#meaning"):
            self.query_one(place).display = False

    def changed(self) -> None:
        self.do_reload()

    def do_reload(self) -> None:
        self.read(self._load, "rules")

    async def _load(self) -> None:
        self._org = await self.services.rules.show()
        self._role = await self.services.rules.role()
        self._accounts = await self.services.accounts.list()
        self._show()

    def _show(self) -> None:
        org = self._org
        if org is None or self._accounts is None:
            return
        away = " · as last seen: the server is away" if self.services.rules.remembered else ""
        self.query_one("#count", Static).update(plain(f"For everyone in {org.name}{away}"))
        rows = [
            Row(rule.id, (rule.title, rule.say(org), words.OWNERS), {1: "accent", 2: "quiet"})
            for rule in words.RULES
        ]
        account = (words.ACCOUNT_TITLE, words.default_account(self._accounts), words.MANAGERS)
        rows.append(Row(words.ACCOUNT, account, {1: "accent", 2: "quiet"}))
        rules = self.query_one(PagedList)
        rules.show_rows(rows)
        self.show_list(rules, "")
        self._show_meaning()
        self.show_hints()

    def _show_meaning(self) -> None:
        row, box = self.query_one(PagedList).row, self.query_one("#meaning", Static)
        box.display = row is not None
        if row is not None:
            rule = _BY_ID.get(row.key)
            said = [rule.meaning if rule else words.ACCOUNT_MEANING]
            if self._org is not None and not self._org.public_url and row.key in words.TRACKING:
                said.append(words.NO_PUBLIC_ADDRESS)
            box.update(plain_lines("\n".join((*said, self._who_may(row.key) or "")).rstrip()))

    def on_paged_list_moved(self) -> None:
        self._show_meaning()
        self.show_hints()

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "rules" and self._org is None:
            self.query_one("#count", Static).update("")
            self.show_list(self.query_one(PagedList), f"{error} Press R to try again.")
        else:
            super().failed(group, error)

    def _who_may(self, rule: str) -> str | None:
        """Why this person may not change it; None if they may, or nobody knows yet."""
        if rule == words.ACCOUNT:
            forbidden = self._role is Role.MEMBER
            return "Only owners and admins may change it." if forbidden else None
        return "Only owners may change it." if self._role not in (None, Role.OWNER) else None

    def why_not(self, verb: str) -> str | None:
        if verb == "reload":
            return None
        if self._org is None or self._accounts is None:
            return "The server has not answered yet."
        if self.services.rules.remembered:
            return _AWAY
        if verb == "undo":
            return None if self._made else "Nothing was changed here since this was opened."
        row = self.query_one(PagedList).row
        if row and row.key == words.ACCOUNT and not self._accounts.accounts:
            return "There is no sending account yet: press 7 to add one."
        return self._who_may(row.key) if row else "There is no rule on this line."

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("rules.change")

    async def do_change(self) -> None:
        row = self.query_one(PagedList).row
        assert row is not None
        assert self._org is not None
        if row.key == words.ACCOUNT:
            await self._ask_account()
            return
        rule = _BY_ID[row.key]
        if rule.read is None:
            self._change(rule, words.changed_to(self._org, rule, None))
            return
        read, shown = rule.read, rule.say(self._org)
        ask = AskText(
            rule.title,
            rule.question,
            value="0" if shown == "no limit" else shown,
            check=lambda text: rule.wrong if read(text) is None else None,
        )

        def answered(text: str | None) -> None:
            if text is not None:
                self._change(rule, read(text))

        await self.app.push_screen(ask, answered)

    def _change(self, rule: words.Rule, changes: Json | None) -> None:
        org = self._org
        if org is None or not changes:
            return
        known = words.values_of(org, rule)
        before = {field: known[field] for field in changes}
        if before != changes:
            self.ask_server(lambda: self._put(_Change(rule.id, before, changes)))

    async def _put(self, change: _Change) -> None:
        """Make a change that can be taken back."""
        await self._set(change.rule, change.after)
        self._made.append(change)
        self._say_now(change.rule, "u takes it back.")

    async def _set(self, rule: str, values: Json) -> None:
        if rule == words.ACCOUNT:
            await self.services.accounts.act(values[words.ACCOUNT], "default")
            self._accounts = await self.services.accounts.list()
        else:
            self._org = await self.services.rules.change(values)
        self._show()

    def _say_now(self, rule: str, more: str) -> None:
        assert self._org is not None
        assert self._accounts is not None
        known = _BY_ID.get(rule)
        title = known.title if known else words.ACCOUNT_TITLE
        now = known.say(self._org) if known else words.default_account(self._accounts)
        self.say(f"{title}: {now}. {more}".rstrip())

    async def _ask_account(self) -> None:
        from tui.screens.choosing import ChooseWay

        assert self._accounts is not None
        before = self._default_id()
        ways = [(account.id, account.name, account.from_email) for account in self._accounts.accounts]

        def answered(id: str | None) -> None:
            if id is not None and id != before:
                change = _Change(words.ACCOUNT, {words.ACCOUNT: before}, {words.ACCOUNT: id})
                self.ask_server(lambda: self._put(change))

        ask = ChooseWay("Through which account by default?", "", ways, "leaves it as it is")
        await self.app.push_screen(ask, answered)

    def _default_id(self) -> str | None:
        accounts = self._accounts.accounts if self._accounts else ()
        return next((account.id for account in accounts if account.is_default), None)

    def do_undo(self) -> None:
        self.ask_server(self._take_back)

    async def _take_back(self) -> None:
        """The last change made here; what somebody changed again since stays as they want it."""
        if not self._made:
            return
        change = self._made.pop()
        try:
            await self._load()
        except ServiceError:
            self._made.append(change)
            raise
        assert self._org is not None
        if change.rule == words.ACCOUNT:
            now: Json = {words.ACCOUNT: self._default_id()}
        else:
            known = words.values_of(self._org, _BY_ID[change.rule])
            now = {field: known[field] for field in change.after}
        if now != change.after:
            self.say("Somebody changed it again since: it stays as they want it.", severity="warning")
        elif None in change.before.values():
            self.say("There was no default account before: choose another one.", severity="warning")
        else:
            await self._set(change.rule, change.before)
            self._say_now(change.rule, "It is as it was.")
