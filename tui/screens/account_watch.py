"""What a review knows of the account a campaign leaves through: who it is from, and whether it sends now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render_preview.location import Location
from sync.errors import ServiceError
from tui.text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.content import Content

    from contract.accounts import SendingAccount
    from tui.sending_services import Accounts

ACCOUNT = Location(None, ("accountId",))
"""Where a finding is about the sending account: in the campaign, beside its mail."""
Finding = tuple[str, str, Location]


class AccountWatch:
    """`found` says what stands against sending; `words` through what it leaves."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._all: list[SendingAccount] | None = None
        self._installation = ""

    async def learn(self, changed: Callable[[], None]) -> None:
        """Ask for them; offline nothing is known, and nothing can be sent."""
        try:
            found = await self._accounts.list()
        except ServiceError:
            return
        self._all, self._installation = found.accounts, found.installation or ""
        changed()

    @property
    def all(self) -> list[SendingAccount]:
        """All there are."""
        return self._all or []

    def used(self, chosen: str | None) -> SendingAccount | None:
        """The one that was chosen, else the default; None if that is gone or there is none."""
        return next((a for a in self.all if (a.id == chosen if chosen else a.is_default)), None)

    def words(self, chosen: str | None) -> Content:
        """Through what it leaves."""
        account = self.used(chosen)
        if account is not None:
            which = account.name if chosen else f"{account.name}, the default"
            return plain(account.from_email) + plain(f" ({which})", "$quiet")
        if self._all is None:
            return plain("…", "$quiet")
        if chosen:
            return plain("an account that is gone", "$error")
        return plain(f"the installation's server, {self._installation}" if self._installation else "none")

    def found(self, chosen: str | None) -> list[Finding]:
        """A chosen account that is gone is an error; one that does not send now makes mails wait."""
        if self._all is None:
            return []
        account = self.used(chosen)
        if account is None and chosen:
            return [
                ("error", "The sending account chosen for it is gone. Enter chooses another one.", ACCOUNT)
            ]
        if account is None:
            nothing = "There is no sending account yet: press 7 to add one."
            return [] if self._installation else [("error", nothing, ACCOUNT)]
        if account.state == "paused":
            said = f"{account.name} is paused {account.paused_reason}: mails wait until it is resumed."
            return [("warning", said, ACCOUNT)]
        if account.state == "resting":
            said = f"{account.name} rests, because its server said: {account.paused_reason}."
            return [("warning", said, ACCOUNT)]
        if account.daily_cap and account.used_today >= account.daily_cap:
            return [
                ("warning", f"{account.name} sent its mails of today; these go on at 00:00 UTC.", ACCOUNT)
            ]
        return []
