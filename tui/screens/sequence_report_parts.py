"""What only the report of a sequence has: its people, and its mails step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.bars import percent
from tui.moments import say_when
from tui.screens.report_parts import figure, line_of, mail_lines, reason_rows
from tui.widgets.list_rows import Column, Row

if TYPE_CHECKING:
    from datetime import datetime

    from contract.reports import SequenceReport, StepCount

STEPS = (
    Column("Step", 12, grow=1),
    Column("Waiting", 7, right=True),
    Column("Sent", 7, right=True),
    Column("Bounced", 7, right=True),
    Column("Failed", 6, right=True, from_width=96),
    Column("Unknown", 7, right=True),
    Column("Skipped", 7, right=True),
    Column("Opened", 7, right=True),
    Column("", 7, right=True, from_width=96),
    Column("Clicked", 7, right=True),
    Column("", 7, right=True, from_width=96),
    Column("Unsubscribed", 12, right=True, from_width=120),
    Column("Opened, clicked by machines", 27, right=True, from_width=140),
)
_TONES = {1: "accent", 3: "bad", 4: "bad", 5: "warn", 6: "quiet", 8: "quiet", 10: "quiet", 12: "quiet"}
EXITS = (Column("Why they left before the end", 30, grow=1), Column("People", 9, right=True))


def summary(report: SequenceReport, now: datetime) -> Content:
    """Where its people are, what they did, and what became of the rest of the mails."""
    people = report.people
    parts = [
        figure("in it", people.active, 0, "$accent"),
        figure("at its end", people.finished, 0),
        figure("left early", people.exited, 0),
    ]
    began = f"   since {say_when(report.started_at, now)}" if report.started_at else ""
    return Content("\n").join([line_of(parts) + Content.styled(began, "$quiet"), *mail_lines(report)])


def _some(number: int) -> str:
    return f"{number:,}" if number else ""


def _seen(number: int, of: int) -> tuple[str, str]:
    return f"{number:,}", percent(number, of)


def _step_row(count: StepCount, *, followed: bool) -> Row:
    name = f"{count.place}. {count.subject}" if count.place else f"taken out: {count.subject}"
    machines = f"{count.machine_opened:,}, {count.machine_clicked:,}"
    cells = (
        name,
        _some(count.waiting),
        f"{count.sent:,}",
        _some(count.bounced),
        _some(count.failed),
        _some(count.unknown),
        _some(count.skipped),
        *(_seen(count.opened, count.sent) if followed else ("", "")),
        *(_seen(count.clicked, count.sent) if followed else ("", "")),
        _some(count.unsubscribed),
        machines if count.machine_opened or count.machine_clicked else "",
    )
    return Row(count.step_id, cells, _TONES if count.place else _TONES | {0: "quiet"})


def step_rows(report: SequenceReport) -> list[Row]:
    """In the order in which people get them."""
    return [_step_row(count, followed=report.is_followed) for count in report.steps]


def exit_rows(report: SequenceReport) -> list[Row]:
    """The most frequent first."""
    return reason_rows(report.people.exit_reasons)
