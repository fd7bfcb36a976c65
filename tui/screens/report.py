"""What became of a campaign or a sequence: who opened, clicked and left, over time and in other respects."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from contract.reports import CampaignReport, SequenceReport
from localstore.records import DocKind
from tui.commands import bindings
from tui.places import open_deliveries
from tui.screens import report_parts as parts
from tui.screens import sequence_report_parts as sequence_parts
from tui.screens.place import Place
from tui.text import plain
from tui.widgets.course_plot import CoursePlot
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.reports import Report
    from sync.errors import ServiceError
    from tui.services import Services
    from tui.widgets.list_rows import Column, Row

_VIEWS = {
    "steps": "Steps",
    "course": "Over time",
    "links": "Links",
    "providers": "Providers",
    "revisions": "Revisions",
    "exits": "Left early",
    "reasons": "Reasons",
}
_LISTS: dict[str, Sequence[Column]] = {
    "steps": sequence_parts.STEPS,
    "links": parts.LINKS,
    "providers": parts.PROVIDERS,
    "revisions": parts.REVISIONS,
    "exits": sequence_parts.EXITS,
    "reasons": parts.REASONS,
}


class ReportScreen(Place):
    """One view at a time below the summary; its mails, one by one, are a place of their own."""

    SCOPE = "report"
    FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = bindings("report")
    CSS_PATH = "report.tcss"

    def __init__(self, services: Services, kind: DocKind, id: str) -> None:
        super().__init__(services)
        self._source = kind, id
        self._report: Report | None = None
        self._view = "steps" if kind is DocKind.SEQUENCE else "course"

    @property
    def crumb(self) -> str:
        draft = self.services.drafts.get(*self._source)
        return f"Report on {draft.content.get('name') or 'Untitled'}" if draft else "Report"

    @property
    def document(self) -> tuple[DocKind, str]:
        return self._source

    def body(self) -> ComposeResult:
        yield Static("Asking the server …", id="summary", markup=False)
        yield Static("", id="views", markup=False)
        yield CoursePlot(id="course")
        for view, columns in _LISTS.items():
            yield PagedList(columns, id=view)
        yield Static("", classes="empty", markup=False)

    async def on_mount(self) -> None:
        self.query_one("#views").display = False
        for place in (*self.query(PagedList), *self.query(CoursePlot), self.query_one(".empty")):
            place.display = False
        self.do_reload()

    def do_reload(self) -> None:
        self.read(self._load, "report")

    async def _load(self) -> None:
        kind, id = self._source
        asked = self.services.sequences if kind is DocKind.SEQUENCE else self.services.sending
        self._report = await asked.report(id)
        self._show()

    def on_resize(self) -> None:
        if self._report is not None:
            self._show_summary(self._report)

    def _show_summary(self, report: Report) -> None:
        now = self.services.clock.now()
        if isinstance(report, SequenceReport):
            shown = sequence_parts.summary(report, now)
        else:
            shown = parts.summary(report, self.size.width, now)
        self.query_one("#summary", Static).update(shown)

    def _show(self) -> None:
        """The summary and the present view, from what the server said last."""
        report = self._report
        if report is None:
            return
        now = self.services.clock.now()
        self._show_summary(report)
        self._show_views(report)
        self.query_one(CoursePlot).show(parts.series(report), parts.axis_labels(report, now))
        self._fill("links", parts.link_rows(report))
        self._fill("providers", parts.provider_rows(report))
        self._fill("reasons", parts.reason_rows(report.reasons))
        if isinstance(report, CampaignReport):
            self._fill("revisions", parts.revision_rows(report, now))
        if isinstance(report, SequenceReport):
            self._fill("steps", sequence_parts.step_rows(report))
            self._fill("exits", sequence_parts.exit_rows(report))
        self._switch(report)
        self.show_hints()

    def _fill(self, view: str, rows: Sequence[Row]) -> None:
        self.query_one(f"#{view}", PagedList).show_rows(rows)

    def _offered(self, report: Report) -> list[str]:
        """Revisions only where there are several, reasons only where there are any."""
        has = {
            "steps": isinstance(report, SequenceReport),
            "revisions": isinstance(report, CampaignReport) and bool(report.revisions),
            "exits": isinstance(report, SequenceReport) and bool(report.people.exit_reasons),
            "reasons": bool(report.reasons),
        }
        return [view for view in _VIEWS if has.get(view, True)]

    def _show_views(self, report: Report) -> None:
        shown = [
            Content.styled(f" {_VIEWS[view]} ", "reverse" if view == self._view else "$quiet")
            for view in self._offered(report)
        ]
        views = self.query_one("#views", Static)
        views.display = True
        views.update(Content(" ").join(shown))

    def _switch(self, report: Report) -> None:
        why = self._why_empty(report)
        for view in _VIEWS:
            self.query_one(f"#{view}").display = view == self._view and not why
        empty = self.query_one(".empty", Static)
        empty.display = bool(why)
        empty.update(plain(why))
        if self._view in _LISTS and not why:
            self.query_one(f"#{self._view}").focus()

    def _why_empty(self, report: Report) -> str:
        match self._view:
            case "links" if not report.is_followed:
                return parts.NOT_TRACKED
            case "links" if not any(link.clicks or link.machine_clicks for link in report.links):
                return parts.NO_CLICKS
            case "course" if not any(one.total for one in parts.series(report)):
                return parts.NO_MAILS
            case "providers" if not report.providers:
                return parts.NO_MAILS
            case "steps" if isinstance(report, SequenceReport) and not report.steps:
                return "It was never activated: it has no steps yet that anybody could get."
        return ""

    def do_view(self) -> None:
        self._turn(1)

    def do_view_back(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if self._report is not None:
            offered = self._offered(self._report)
            place = offered.index(self._view) if self._view in offered else 0
            self._view = offered[(place + by) % len(offered)]
            self._show()

    async def do_mails(self) -> None:
        await open_deliveries(self.app, self.services, *self._source)

    async def on_paged_list_chosen(self) -> None:
        await self.do_mails()

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "report":
            self.query_one("#summary", Static).update(plain(f"{error} Press R to try again."))
        else:
            super().failed(group, error)

    def why_not(self, verb: str) -> str | None:
        unknown = verb in ("view", "view_back") and self._report is None
        return "The server has not answered yet." if unknown else None
