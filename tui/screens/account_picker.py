"""Through which account a campaign leaves: the default, or one of those there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.account_words import account_state
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from contract.accounts import SendingAccount
    from tui.editing.session import DraftSession
    from tui.screens.place import Place

DEFAULT = ""


class AccountPicker(ModalScreen[str | None]):
    """Returns an account's id, `DEFAULT` for none, None if nothing is to change."""

    AUTO_FOCUS = "PagedList"
    DEFAULT_CSS = """
    AccountPicker { align: center middle; background: $background 60%; }
    AccountPicker > #box {
        width: 76; max-width: 94%; height: auto; max-height: 90%; padding: 1 2;
        background: $surface; border: round $border;
    }
    AccountPicker #title { text-style: bold; margin-bottom: 1; }
    AccountPicker PagedList { height: 8; background: $surface; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(self, accounts: Sequence[SendingAccount], chosen: str | None) -> None:
        super().__init__()
        self._accounts, self._chosen = accounts, chosen or DEFAULT

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("Through which account?", id="title", markup=False)
            yield PagedList((Column("Account", 16, grow=2), Column("From", 18, grow=2), Column("State", 10)))
            yield Static("enter chooses, esc leaves it as it is", classes="quiet", markup=False)

    def on_mount(self) -> None:
        default = next((account for account in self._accounts if account.is_default), None)
        rows = [
            Row(DEFAULT, ("the default", default.from_email if default else "", ""), {0: "quiet", 1: "quiet"})
        ]
        for account in self._accounts:
            state = account_state(account)
            rows.append(Row(account.id, (account.name, account.from_email, state.text), {2: state.tone}))
        people = self.query_one(PagedList)
        people.show_rows(rows)
        people.cursor = next((n for n, row in enumerate(rows) if row.key == self._chosen), 0)

    def on_paged_list_chosen(self, event: PagedList.Chosen) -> None:
        _ = self.dismiss(event.row.key)


async def choose_account(
    place: Place, session: DraftSession, accounts: Sequence[SendingAccount], after: Callable[[], None]
) -> None:
    """Ask, and write the choice into the draft; `after` is called if there was one."""

    async def chosen(account: str | None) -> None:
        if account is not None:
            await session.edit(lambda content: content | {"accountId": account or None})
            after()

    await place.app.push_screen(AccountPicker(accounts, session.content.get("accountId")), chosen)
