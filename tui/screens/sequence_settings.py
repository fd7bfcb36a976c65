"""How a sequence treats the people in it: its settings, each with what it means, changed in the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.widgets import Static

from contract.sequence_settings import DEFAULT_SETTINGS
from localstore.records import DocKind
from tui import setting_words as words
from tui.commands import bindings
from tui.screens.dialogs import AskText
from tui.screens.place import Place
from tui.text import plain_lines
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from sync.errors import ServiceError
    from tui.editing.history import Version
    from tui.editing.session import DraftSession
    from tui.services import Services

_ABOUT = "These are settings of the draft: people run them once it is published (F9 in the sequence)."


class SequenceSettingsScreen(Place):
    """Shares the sequence's session: undo covers the whole sequence."""

    SCOPE = "settings"
    BINDINGS: ClassVar[list[BindingType]] = bindings("settings")
    DEFAULT_CSS = """
    SequenceSettingsScreen PagedList { height: auto; max-height: 8; }
    SequenceSettingsScreen #meaning { height: auto; padding: 1 2; border-top: solid $border; }
    SequenceSettingsScreen #about { padding: 0 2 1 2; }
    """

    def __init__(self, services: Services, session: DraftSession) -> None:
        super().__init__(services)
        self.session = session
        self._accounts: dict[str, str] | None = None

    @property
    def crumb(self) -> str:
        return "Settings"

    @property
    def document(self) -> tuple[DocKind, str]:
        return DocKind.SEQUENCE, self.session.id

    def body(self) -> ComposeResult:
        yield Static(_ABOUT, id="about", classes="quiet", markup=False)
        yield PagedList((Column("Setting", 24), Column("Now", 30, grow=1)))
        yield Static("", id="meaning", markup=False)

    async def on_mount(self) -> None:
        self._show()
        self.read(self._learn_accounts, "accounts")

    async def _learn_accounts(self) -> None:
        found = await self.services.accounts.list()
        self._accounts = {account.id: account.name for account in found.accounts}
        self._show()

    def failed(self, group: str, error: ServiceError) -> None:
        if group != "accounts":  # without their names the accounts are numbers
            super().failed(group, error)

    async def flush(self) -> None:
        await self.session.flush()

    def changed(self) -> None:
        if self.is_mounted:
            self.session.look()
            self._show()

    @property
    def names(self) -> words.Names:
        """What segments and accounts are called."""
        segments = {segment.id: segment.name for segment in self.services.drafts.list(DocKind.SEGMENT)}
        return words.Names(segments, self._accounts)

    def _show(self) -> None:
        names, settings = self.names, words.settings_in(self.session.content)
        rows = []
        for setting in words.SETTINGS:
            value = settings[setting.id]
            tone = "quiet" if value == DEFAULT_SETTINGS[setting.id] else "accent"
            rows.append(
                Row(setting.id, (setting.title, words.say_setting(setting.id, value, names)), {1: tone})
            )
        self.query_one(PagedList).show_rows(rows)
        self._show_meaning()
        self.show_hints()

    def _show_meaning(self) -> None:
        self.query_one("#meaning", Static).update(plain_lines(words.BY_ID[self._current].meaning))

    @property
    def _current(self) -> str:
        row = self.query_one(PagedList).row
        return row.key if row is not None else words.WINDOW

    def on_paged_list_moved(self) -> None:
        self._show_meaning()
        self.show_hints()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("settings.change")

    def why_not(self, verb: str) -> str | None:
        if reason := self.session.read_only:
            return reason
        if verb == "undo" and not self.session.history.can_undo:
            return "There is nothing to undo."
        if verb == "redo" and not self.session.history.can_redo:
            return "There is nothing to redo."
        is_default = words.settings_in(self.session.content)[self._current] == DEFAULT_SETTINGS[self._current]
        return "It is as it is by default." if verb == "default" and is_default else None

    async def _set(self, id: str, value: Any) -> None:
        def change(content: Any) -> Any:
            return content | {"settings": words.settings_in(content) | {id: value}}

        await self.session.edit(change)
        if self.session.not_saved:
            self.say(self.session.not_saved, severity="error")
        self._show()

    async def do_default(self) -> None:
        await self._set(self._current, DEFAULT_SETTINGS[self._current])

    async def do_change(self) -> None:
        changes: dict[str, Callable[[], Awaitable[None]]] = {
            words.WINDOW: self._ask_window,
            words.LEAVING: self._switch_leaving,
            words.GOAL: self._choose_goal,
            words.AGAIN: self._ask_days,
            words.ACCOUNT: self._choose_account,
        }
        await changes[self._current]()

    async def _ask_window(self) -> None:
        now = words.settings_in(self.session.content)[words.WINDOW]

        async def answered(text: str | None) -> None:
            if text is not None:
                await self._set(words.WINDOW, words.read_window(text))

        ask = AskText(
            "On which days and at which hours?",
            "mon-fri 9:00-17:00 · sat,sun · 22:00-6:00 goes over midnight · always",
            value=words.say_setting(words.WINDOW, now, self.names),
            check=words.wrong_window,
        )
        await self.app.push_screen(ask, answered)

    async def _switch_leaving(self) -> None:
        await self._set(words.LEAVING, not words.settings_in(self.session.content)[words.LEAVING])

    async def _choose_goal(self) -> None:
        from tui.screens.segment_picker import SegmentPicker

        async def chosen(segment: str | None) -> None:
            if segment:
                await self._set(words.GOAL, segment)

        now = words.settings_in(self.session.content)[words.GOAL]
        picker = SegmentPicker(self.services, now, title="Who has reached the goal?")
        await self.app.push_screen(picker, chosen)

    async def _ask_days(self) -> None:
        now = words.settings_in(self.session.content)[words.AGAIN]

        async def answered(text: str | None) -> None:
            if text is not None:
                await self._set(words.AGAIN, words.read_days(text))

        ask = AskText(
            "How many days after the last time?",
            "90 · never",
            value=str(now or "never"),
            check=words.wrong_days,
        )
        await self.app.push_screen(ask, answered)

    async def _choose_account(self) -> None:
        self.ask_server(self._pick_account)

    async def _pick_account(self) -> None:
        from tui.screens.account_picker import AccountPicker

        found = await self.services.accounts.list()

        async def chosen(account: str | None) -> None:
            if account is not None:
                await self._set(words.ACCOUNT, account or None)

        now = words.settings_in(self.session.content)[words.ACCOUNT]
        await self.app.push_screen(AccountPicker(found.accounts, now), chosen)

    async def do_undo(self) -> None:
        self._show_version(await self.session.undo())

    async def do_redo(self) -> None:
        self._show_version(await self.session.redo())

    def _show_version(self, version: Version | None) -> None:
        if version is not None:
            self._show()
            self.show_frame()
