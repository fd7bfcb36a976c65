"""What is scheduled, what is being sent and how fast, what is paused or waits and why, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from localstore.records import DocKind
from sync.errors import OfflineError
from tui.commands import bindings
from tui.moments import say_span
from tui.outbox_rows import (
    ON_ITS_WAY,
    Going,
    going_of,
    known_here,
    outbox_row,
    reason_of,
    seconds_to_start,
)
from tui.places import open_deliveries, open_report
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.text import plain
from tui.widgets.list_rows import Column
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from sync.errors import ServiceError
    from tui.services import Services
    from tui.widgets.list_rows import Row

_EMPTY = (
    "Nothing is scheduled and nothing is being sent. Open a campaign (press 1) to write, review and send it."
)
_OFFLINE = "Offline: these are the last known numbers. Sending goes on at the server."
_POLL = 1.0
_COUNTDOWN = 60.0
"""What goes out within this time can be taken back without a question: there is no time for one."""
_MAY = {
    "pause": ({"SENDING", "SCHEDULED"}, "Only what is scheduled or being sent can be paused."),
    "resume": ({"PAUSED"}, "Only what is paused can be resumed."),
    "unschedule": ({"SCHEDULED"}, "Only what is scheduled, and has not begun, can be unscheduled."),
    "cancel": (set(ON_ITS_WAY), "It was sent: there is nothing left to cancel."),
    "open": ({"SENDING", "PAUSED", "SENT"}, "It has not begun: there are no mails yet. t shows the report."),
}
_QUESTIONS = {
    "pause": ("Pause", "Those who did not get it yet wait until you resume."),
    "resume": ("Resume", "Sending goes on where it stopped."),
    "unschedule": ("Unschedule", "It becomes a draft again, and nobody gets it until you send it."),
    "cancel": ("Cancel", "Those who did not get it yet will never get it. This cannot be undone."),
}


class OutboxScreen(Place):
    """Looks again every second, but only while it is in sight."""

    SCOPE = "outbox"
    BINDINGS: ClassVar[list[BindingType]] = bindings("outbox")
    DEFAULT_CSS = "OutboxScreen #note { height: auto; max-height: 3; padding: 0 2; }"
    COLUMNS = (
        Column("Name", 12, grow=2),
        Column("Status", 12),
        Column("Progress", 18),
        Column("Per second", 10, right=True, from_width=88),
        Column("Left, or why", 16, grow=3),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._going: list[Going] = []
        self._asked = False
        self._rows: list[Row] = []
        self._trouble = ""

    def body(self) -> ComposeResult:
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)
        yield Static("", id="note", classes="quiet", markup=False)

    def changed(self) -> None:
        """Until the server has answered, what this computer knows."""
        if not self._asked:
            self._going = known_here(self.services.drafts.list(DocKind.CAMPAIGN))
        self._show()

    def _show(self) -> None:
        now = self.services.clock.now()
        shown = [outbox_row(going, now) for going in self._going]
        people = self.query_one(PagedList)
        if shown != self._rows or people.total != len(shown):
            self._rows = shown
            people.show_rows(shown)
        self.show_list(people, "" if shown else _EMPTY)
        self._show_note()
        self.show_hints()

    def on_screen_resume(self) -> None:
        self.read(self._poll, "poll")

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "poll")

    async def _poll(self) -> None:
        while True:
            try:
                await self._look()
            except OfflineError:
                self._trouble = _OFFLINE
                self._show_note()
            await self.services.clock.sleep(_POLL)

    async def _look(self) -> None:
        found = await self.services.mails.outbox()
        self._going, self._asked, self._trouble = [going_of(entry) for entry in found.campaigns], True, ""
        self._show()

    def _show_note(self) -> None:
        said = reason_of(self.current, self.services.clock.now()) if self.current else ""
        tone = "$warning" if self._trouble else "$quiet"
        self.query_one("#note", Static).update(plain(self._trouble or said, tone))

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "poll":
            self._trouble = f"{error} Press 5 to look again."
            self._show_note()
        else:
            super().failed(group, error)

    @property
    def current(self) -> Going | None:
        """The campaign under the cursor."""
        row = self.query_one(PagedList).row
        return next((going for going in self._going if row and going.id == row.key), None)

    def why_not(self, verb: str) -> str | None:
        current = self.current
        if verb == "undo":
            return None
        if current is None:
            return "There is no campaign on this line."
        statuses, reason = _MAY.get(verb, ({*ON_ITS_WAY, "SENT"}, ""))
        return None if current.status in statuses else reason

    def on_paged_list_moved(self) -> None:
        self._show_note()
        self.show_hints()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("outbox.open")

    async def do_open(self) -> None:
        if self.current:
            await open_deliveries(self.app, self.services, DocKind.CAMPAIGN, self.current.id)

    async def do_report(self) -> None:
        if self.current:
            await open_report(self.app, self.services, DocKind.CAMPAIGN, self.current.id)

    async def do_pause(self) -> None:
        await self._ask("pause")

    async def do_resume(self) -> None:
        await self._ask("resume")

    async def do_unschedule(self) -> None:
        await self._ask("unschedule")

    async def do_cancel(self) -> None:
        await self._ask("cancel")

    async def do_undo(self) -> None:
        """Take back what is about to go out, at once; else what the key does everywhere."""
        going = self.current
        left = seconds_to_start(going, self.services.clock.now()) if going else None
        if going is not None and left is not None and left <= _COUNTDOWN:
            self.ask_server(lambda: self._act(going.id, "unschedule"))
        else:
            await self.app.run_action("command('app.undo')")

    async def _ask(self, action: str) -> None:
        going = self.current
        assert going is not None
        deed, words = _QUESTIONS[action]
        if action == "cancel" and going.progress:
            left = going.progress.pending + going.progress.soft
            words = f"{left:,} people did not get it yet and will never get it. This cannot be undone."
        if action == "pause" and going.progress and (span := say_span(going.progress.seconds_left)):
            words = f"{words} It would be done in {span}."

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(lambda: self._act(going.id, action))

        await self.app.push_screen(Confirm(f"{deed} “{going.name}”?", words, f"{deed} it"), answered)

    async def _act(self, campaign_id: str, action: str) -> None:
        campaign = await self.services.sending.act(campaign_id, action)
        self.say(f"{campaign.name}: now {campaign.status.lower()}.")
        await self._look()
