"""What is scheduled, what is being sent and how fast, what is paused and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from localstore.records import DocKind
from sync.errors import OfflineError
from tui.bars import progress_bar
from tui.commands import bindings
from tui.moments import say_departure, say_span
from tui.places import open_report
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.status_words import campaign_status
from tui.text import plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.delivery import Progress
    from localstore.records import DocSummary
    from sync.errors import ServiceError
    from tui.services import Services

_EMPTY = (
    "Nothing is scheduled and nothing is being sent. Open a campaign (press 1) to write, review and send it."
)
_OFFLINE = "Offline: these are the last known numbers. Sending goes on at the server."
_ON_ITS_WAY = ("SENDING", "PAUSED", "SCHEDULED")
_POLL = 1.0
_BAR = 12
_MAY = {
    "pause": ({"SENDING", "SCHEDULED"}, "Only what is scheduled or being sent can be paused."),
    "resume": ({"PAUSED"}, "Only what is paused can be resumed."),
    "unschedule": ({"SCHEDULED"}, "Only what is scheduled, and has not begun, can be unscheduled."),
    "cancel": (set(_ON_ITS_WAY), "Nothing here can be cancelled."),
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
    COLUMNS = (
        Column("Name", 12, grow=2),
        Column("Status", 12),
        Column("Progress", _BAR + 6),
        Column("Per second", 10, right=True, from_width=88),
        Column("Left, or why", 16, grow=3),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._progress: dict[str, Progress] = {}
        self._shown: list[DocSummary] = []
        self._trouble = ""

    def body(self) -> ComposeResult:
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)
        yield Static("", id="note", classes="quiet", markup=False)

    def changed(self) -> None:
        everything = self.services.drafts.list(DocKind.CAMPAIGN)
        waiting = [s for s in everything if s.fields.get("status") in _ON_ITS_WAY]
        self._shown = sorted(waiting, key=lambda s: _ON_ITS_WAY.index(s.fields["status"]))
        rows = self.query_one(PagedList)
        rows.show_rows([self._row(summary) for summary in self._shown])
        self.show_list(rows, "" if self._shown else _EMPTY)
        self._show_note()
        self.show_hints()

    def _row(self, summary: DocSummary) -> Row:
        status = campaign_status(summary.fields.get("status"))
        progress = self._progress.get(summary.id)
        bar = progress_bar(progress.done, progress.total, _BAR) if progress else ""
        rate = f"{progress.per_second:,.0f}" if progress and progress.per_second else ""
        cells = (summary.name, status.text, bar, rate, self._left(summary, progress))
        tone = "warn" if summary.fields["status"] == "PAUSED" else "quiet"
        return Row(summary.id, cells, {1: status.tone, 2: "accent", 4: tone})

    def _left(self, summary: DocSummary, progress: Progress | None) -> str:
        match summary.fields["status"]:
            case "PAUSED":
                return str(summary.fields.get("pausedReason") or "paused")
            case "SCHEDULED":
                return say_departure(summary.fields, self.services.clock.now())
            case "SENDING" if summary.fields.get("localTime"):
                return say_departure(summary.fields, self.services.clock.now())
            case _:
                left = say_span(progress.seconds_left) if progress else ""
                return f"{left} left" if left else "starting"

    def on_screen_resume(self) -> None:
        self.read(self._poll, "poll")

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "poll")

    async def _poll(self) -> None:
        while True:
            try:
                await self._look()
                self._trouble = ""
            except OfflineError:
                self._trouble = _OFFLINE
                self._show_note()
            await self.services.clock.sleep(_POLL)

    async def _look(self) -> None:
        for summary in self._shown:
            if summary.fields["status"] != "SCHEDULED":
                report = await self.services.sending.report(summary.id)
                self._progress[summary.id] = report.progress
        self.changed()

    def _show_note(self) -> None:
        reason = self.current.fields.get("pausedReason") if self.current else None
        said = f"“{self.current.name}” is paused: {reason}" if self.current and reason else ""
        self.query_one("#note", Static).update(plain(self._trouble or said))

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "poll":
            self._trouble = f"{error} Press 5 to look again."
            self._show_note()
        else:
            super().failed(group, error)

    @property
    def current(self) -> DocSummary | None:
        """The campaign under the cursor."""
        row = self.query_one(PagedList).row
        return next((s for s in self._shown if row and s.id == row.key), None)

    def why_not(self, verb: str) -> str | None:
        current = self.current
        if current is None:
            return "There is no campaign on this line."
        statuses, reason = _MAY.get(verb, (set(_ON_ITS_WAY), ""))
        return None if current.fields["status"] in statuses else reason

    def on_paged_list_moved(self) -> None:
        self._show_note()
        self.show_hints()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("outbox.open")

    async def do_open(self) -> None:
        if self.current:
            await open_report(self.app, self.services, self.current.id)

    async def do_pause(self) -> None:
        await self._ask("pause")

    async def do_resume(self) -> None:
        await self._ask("resume")

    async def do_unschedule(self) -> None:
        await self._ask("unschedule")

    async def do_cancel(self) -> None:
        await self._ask("cancel")

    async def _ask(self, action: str) -> None:
        summary = self.current
        assert summary is not None
        deed, words = _QUESTIONS[action]
        title = f"{deed} “{summary.name}”?"

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(lambda: self._act(summary.id, action))

        await self.app.push_screen(Confirm(title, words, f"{deed} it"), answered)

    async def _act(self, campaign_id: str, action: str) -> None:
        campaign = await self.services.sending.act(campaign_id, action)
        self.say(f"{campaign.name}: now {campaign.status.lower()}.")
        self.changed()
