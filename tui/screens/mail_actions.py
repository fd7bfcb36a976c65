"""What can be done with mails by name: send the unknown ones again, and write a list of them into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from contract.delivery import DeliveryState
from localstore.records import DocKind
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.sending_services import MailsWanted
from tui.text import count_words, plain
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from tui.services import Services

_TWICE = (
    "Nobody knows whether they arrived. Whoever got the first copy may get it twice; both bear the same "
    "Message-ID. Who unsubscribed since gets nothing."
)


class MailActions(Place):
    """The `do_` methods over a list of mails; `wanted` is its filter, `said` the filter in words."""

    wanted: MailsWanted

    def __init__(self, services: Services, kind: DocKind, id: str) -> None:
        super().__init__(services)
        self.source = kind, id
        self._writing = False

    @property
    def said(self) -> str:
        """Which mails the list shows."""
        raise NotImplementedError

    def reopen(self) -> None:
        """Ask for the list anew."""
        raise NotImplementedError

    def why_not(self, verb: str) -> str | None:
        people = self.query_one(PagedList)
        if verb == "resend" and not self._unknown():
            return "Only mails of which nobody knows are sent again: none is marked or on this line."
        if verb in ("export", "resend_all") and not people.total:
            return "There is nobody in this list."
        return None

    def _unknown(self) -> list[str]:
        """Ids of the marked mails, or the one under the cursor, of which nobody knows."""
        chosen = self.query_one(PagedList).chosen
        return [row.key for row in chosen if row.data.state == DeliveryState.UNKNOWN]

    async def do_resend(self) -> None:
        chosen, ids = len(self.query_one(PagedList).chosen), self._unknown()
        others = f"{chosen - len(ids):,} of the marked are in another state and left alone. "
        await self._ask(len(ids), ids, "" if chosen == len(ids) else others)

    async def do_resend_all(self) -> None:
        """All unknown ones that the words let through, however many."""
        wanted = MailsWanted(DeliveryState.UNKNOWN.value, words=self.wanted.words)

        async def counted() -> None:
            found = await self.services.mails.page(self.source, wanted, 0, 1)
            if found.total:
                await self._ask(found.total, None, "")
            else:
                self.say("There is no mail of which nobody knows.")

        self.ask_server(counted)

    async def _ask(self, number: int, ids: list[str] | None, before: str) -> None:
        mails = count_words(number, "mail")

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(lambda: self._resend(ids))

        await self.app.push_screen(
            Confirm(f"Send {mails} again?", before + _TWICE, f"Send {mails} again"), answered
        )

    async def _resend(self, ids: list[str] | None) -> None:
        resent = await self.services.mails.resend(self.source, ids, "" if ids else self.wanted.words)
        self.say(f"{count_words(resent, 'mail')} will be sent again.")
        self.query_one(PagedList).do_unmark()
        self.reopen()

    def do_export(self) -> None:
        """Into a file; asked again while it is written, stop."""
        if self._writing:
            self.workers.cancel_group(self, "export")
            self.say("Not written to the end: the file has only a part of the list.", severity="warning")
            return
        self.read(self._export, "export")

    async def _export(self) -> None:
        self._writing = True
        try:
            path = await self.services.mails.export(self.source, self.wanted, self._wrote)
        finally:
            self._writing = False
        self.say(f"Written to {path}")

    def _wrote(self, lines: int, of: int) -> None:
        if lines < of:
            words = f"Writing {lines:,} of {of:,} · {self.said} · x stops"
            self.query_one("#which", Static).update(plain(words, "$accent"))
        else:
            self.query_one("#which", Static).update(plain(f"{of:,} · {self.said}"))
