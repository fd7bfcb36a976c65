"""What became of a campaign: counts, reasons, the course over time, and everyone by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from localstore.records import DocKind
from tui.bars import progress_bar, sparkline
from tui.commands import bindings
from tui.moments import say_when
from tui.screens.place import Place
from tui.status_words import delivery_state
from tui.text import clean, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.delivery import Delivery, Progress
    from contract.reports import Report
    from sync.errors import ServiceError
    from tui.services import Services

_STATES = ("accepted", "bounced", "failed", "unknown", "skipped", "soft", "pending", "cancelled")
_FILTERS = (None, "bounced", "failed", "unknown", "skipped", "accepted", "pending")
_NEAR_END = 20


def counts(progress: Progress) -> Content:
    """Each state that has anybody, with its share, right-aligned."""
    parts = []
    for state in _STATES:
        number: int = getattr(progress, state)
        if number:
            share = f"{number * 100 / progress.total:.1f} %" if progress.total else ""
            spoken = delivery_state(state)
            tone = {"good": "$success", "bad": "$error", "warn": "$warning"}.get(spoken.tone, "$quiet")
            parts.append(
                Content.styled(f"{spoken.text:<13}", tone)
                + Content(f"{number:>9,}")
                + Content.styled(f"{share:>9}", "$quiet")
            )
    return Content("\n").join(parts)


class ReportScreen(Place):
    """The list grows as one scrolls; the counts are of everyone."""

    SCOPE = "report"
    BINDINGS: ClassVar[list[BindingType]] = bindings("report")
    CSS_PATH = "report.tcss"
    COLUMNS = (
        Column("Address", 20, grow=2),
        Column("State", 12),
        Column("Tries", 5, right=True, from_width=70),
        Column("Why", 12, grow=3),
    )

    def __init__(self, services: Services, campaign_id: str) -> None:
        super().__init__(services)
        self._campaign_id = campaign_id
        self._state: str | None = None
        self._cursor: str | None = None
        self._loading = False

    @property
    def crumb(self) -> str:
        draft = self.services.drafts.get(DocKind.CAMPAIGN, self._campaign_id)
        return f"Report on {draft.content.get('name') or 'Untitled'}" if draft else "Report"

    @property
    def document(self) -> tuple[DocKind, str]:
        return DocKind.CAMPAIGN, self._campaign_id

    def body(self) -> ComposeResult:
        yield Static("Asking the server …", id="summary", markup=False)
        yield Static("", id="filter-line", classes="quiet", markup=False)
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)

    async def on_mount(self) -> None:
        self.query_one(".empty").display = False
        self.do_reload()

    def do_reload(self) -> None:
        self.read(self._load, "report")
        self._restart()

    async def _load(self) -> None:
        report = await self.services.sending.report(self._campaign_id)
        self.query_one("#summary", Static).update(self._summary(report))

    def _summary(self, report: Report) -> Content:
        progress = report.progress
        width = max(12, min(60, self.size.width - 24))
        lines = [
            Content.styled(progress_bar(progress.done, progress.total, width - 20), "$accent")
            + Content(f"   of {progress.total:,}"),
            counts(progress),
        ]
        if report.timeline:
            curve = sparkline([hour.accepted for hour in report.timeline], width)
            began = say_when(report.started_at, self.services.clock.now())
            since = Content.styled(f"  accepted, minute by minute, since {began}", "$quiet")
            lines.append(Content.styled(curve, "$accent") + since)
        for reason, number in sorted(report.reasons.items(), key=lambda pair: -pair[1])[:4]:
            lines.append(Content(f"{number:>7,}  ") + Content.styled(clean(reason), "$quiet"))
        return Content("\n").join(lines)

    def _restart(self) -> None:
        self._cursor = None
        self.query_one(PagedList).show_rows([])
        which = delivery_state(self._state).text if self._state else "everyone"
        self.query_one("#filter-line", Static).update(f"Deliveries: {which}")
        self.read(self._more, "deliveries")

    async def _more(self) -> None:
        self._loading = True
        try:
            page = await self.services.sending.deliveries(self._campaign_id, self._state, self._cursor)
        finally:
            self._loading = False
        self._cursor = page.next_cursor
        people = self.query_one(PagedList)
        people.append([self._row(delivery) for delivery in page.deliveries])
        self._empty("" if people.total else "Nobody is in this state.")
        self.show_hints()

    def _empty(self, words: str) -> None:
        self.show_list(self.query_one(PagedList), words)

    def _row(self, delivery: Delivery) -> Row:
        state = delivery_state(delivery.state)
        tries = str(delivery.attempts) if delivery.attempts else ""
        cells = (delivery.email, state.text, tries, delivery.reason)
        return Row(delivery.id, cells, {1: state.tone, 3: "quiet"}, data=delivery)

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "report":
            self.query_one("#summary", Static).update(plain(f"{error} Press R to try again."))
        elif group == "deliveries":
            people = self.query_one(PagedList)
            people.display = people.total > 0
        else:
            super().failed(group, error)

    def why_not(self, verb: str) -> str | None:
        return "That is everyone." if verb == "more" and self._cursor is None else None

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        near = event.position >= event.list.total - _NEAR_END
        if near and self._cursor is not None and not self._loading:
            self.read(self._more, "deliveries")

    def do_state(self) -> None:
        self._state = _FILTERS[(_FILTERS.index(self._state) + 1) % len(_FILTERS)]
        self._restart()

    def do_everyone(self) -> None:
        self._state = None
        self._restart()

    def do_more(self) -> None:
        self.read(self._more, "deliveries")
