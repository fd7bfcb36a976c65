"""The parts of a report as words, rows and series; nothing here knows the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.bars import percent, progress_bar, share_bar
from tui.moments import say_span, say_when
from tui.status_words import delivery_state
from tui.widgets.course_plot import Series
from tui.widgets.list_rows import Column, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from contract.reports import CampaignReport, MailCounts, Report

BAR = 12
NOT_TRACKED = (
    "Opens and clicks are not tracked. An owner can turn it on for what is sent from then on: 9 goes there."
)
NO_CLICKS = "Nobody followed a link yet."
NO_MAILS = "No mail has gone out yet."

LINKS = (
    Column("Link", 20, grow=1),
    Column("", BAR, from_width=90),
    Column("People", 7, right=True),
    Column("Clicks", 7, right=True),
    Column("Machines", 8, right=True),
)
_NUMBERS = (
    Column("Sent", 8, right=True),
    Column("Bounced", 7, right=True),
    Column("Opened", 8, right=True),
    Column("", 7, right=True),
    Column("", BAR, from_width=100),
    Column("Clicked", 8, right=True),
    Column("", 7, right=True),
)
PROVIDERS = (Column("Provider", 14, grow=1), *_NUMBERS)
REVISIONS = (Column("Revision", 14, grow=1), *_NUMBERS)
REASONS = (Column("Reason", 30, grow=1), Column("Mails", 9, right=True))
_STATES = ("unknown", "failed", "skipped", "soft", "pending", "cancelled")


def summary(report: Report, width: int, now: datetime) -> Content:
    """How far it is, what people did, and what became of the rest."""
    progress = report.progress
    bar = progress_bar(progress.done, progress.total, max(12, min(40, width - 50)))
    began = f"   since {say_when(report.started_at, now)}" if report.started_at else ""
    far = Content.styled(bar, "$accent") + Content(f"   of {progress.total:,}")
    lines = [far + Content.styled(began, "$quiet")] if progress.total else []
    return Content("\n").join([*lines, *mail_lines(report)])


def mail_lines(report: Report) -> list[Content]:
    """What people did, what became of the rest, and what machines did."""
    lines = [line_of(list(part(report))) for part in (_people, _lost, _rest)]
    if report.is_followed:
        lines.append(_machines(report))
    elif report.progress.done:
        lines.append(Content.styled("Opens and clicks are not tracked.", "$quiet"))
    return [line for line in lines if line.plain]


def line_of(parts: list[Content]) -> Content:
    """One after the other."""
    return Content.styled("  ·  ", "$quiet").join(parts)


def figure(name: str, number: int, of: int, tone: str = "") -> Content:
    """A number with its name, and its share of `of` where there are any."""
    share = f" {percent(number, of)}" if of else ""
    return Content(f"{name} ") + Content.styled(f"{number:,}", tone) + Content.styled(share, "$quiet")


def _people(report: Report) -> Iterator[Content]:
    seen = report.response
    yield figure("sent", seen.sent, 0)
    if report.is_followed:
        yield figure("opened", seen.opened, seen.sent, "$accent")
        yield figure("clicked", seen.clicked, seen.sent, "$success")


def _lost(report: Report) -> Iterator[Content]:
    seen, progress = report.response, report.progress
    if seen.unsubscribed:
        yield figure("unsubscribed", seen.unsubscribed, seen.sent, "$warning")
    if seen.complained:
        yield figure("complained", seen.complained, seen.sent, "$error")
    if progress.bounced:
        yield figure("bounced", progress.bounced, progress.total, "$error")


def _rest(report: Report) -> Iterator[Content]:
    for state in _STATES:
        number: int = getattr(report.progress, state)
        if number:
            yield figure(delivery_state(state).text, number, 0)


def _machines(report: Report) -> Content:
    seen = report.response
    if not (seen.machine_opened or seen.machine_clicked):
        return Content()
    alone = f"not counted: opened by a machine alone {seen.machine_opened:,}"
    clicked = f", clicked {seen.machine_clicked:,}" if seen.machine_clicked else ""
    return Content.styled(alone + clicked, "$quiet")


def series(report: Report) -> list[Series]:
    """What the course shows, the most important first."""
    points = report.course.points
    return [
        Series("sent", [point.sent for point in points], "$quiet"),
        Series("opened", [point.opened for point in points], "$accent"),
        Series("clicked", [point.clicked for point in points], "$success"),
        Series("unsubscribed", [point.unsubscribed for point in points], "$warning", minor=True),
        Series("bounced", [point.bounced for point in points], "$error", minor=True),
    ]


def axis_labels(report: Report, now: datetime) -> tuple[str, str]:
    """When the course begins, and how long it is."""
    points, step = report.course.points, report.course.step_seconds
    if not points:
        return "", ""
    return say_when(points[0].at, now), f"{say_span(step * len(points))} later"


def link_rows(report: Report) -> list[Row]:
    """Those that most people followed first."""
    top = max((link.people for link in report.links), default=0)
    return [
        Row(
            str(number),
            (
                link.address,
                share_bar(link.people, top, BAR),
                f"{link.people:,}",
                f"{link.clicks:,}",
                f"{link.machine_clicks:,}" if link.machine_clicks else "",
            ),
            {1: "good", 4: "quiet"},
        )
        for number, link in enumerate(report.links)
    ]


def _numbers(count: MailCounts) -> tuple[str, ...]:
    return (
        f"{count.sent:,}",
        f"{count.bounced:,}" if count.bounced else "",
        f"{count.opened:,}",
        percent(count.opened, count.sent),
        share_bar(count.opened, count.sent, BAR),
        f"{count.clicked:,}",
        percent(count.clicked, count.sent),
    )


_TONES = {2: "bad", 4: "quiet", 5: "accent", 7: "quiet"}


def provider_rows(report: Report) -> list[Row]:
    """The largest first; the last one may be all the others."""
    return [
        Row(count.domain or "others", (count.domain or "all others", *_numbers(count)), _TONES)
        for count in report.providers
    ]


def revision_rows(report: CampaignReport, now: datetime) -> list[Row]:
    """In the order in which they were frozen."""
    return [
        Row(
            str(count.revision),
            (f"{count.revision}, {say_when(count.frozen_at, now)}", *_numbers(count)),
            _TONES,
        )
        for count in report.revisions
    ]


def reason_rows(reasons: Mapping[str, int]) -> list[Row]:
    """Why mails were skipped, refused or wait, or why people left; the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda pair: -pair[1])
    return [Row(reason, (reason, f"{number:,}")) for reason, number in ordered]
