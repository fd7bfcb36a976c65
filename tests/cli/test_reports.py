"""A report in a terminal without the client."""

from datetime import UTC, datetime, timedelta

from cli.reports import report_lines
from contract.delivery import Progress
from contract.reports import (
    Course,
    CoursePoint,
    LinkCount,
    ProviderCount,
    Report,
    ReportAnswer,
    Response,
    RevisionCount,
)

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
POINTS = [
    CoursePoint(at=NOON + timedelta(minutes=n), sent=200 if n < 5 else 0, opened=40 - n) for n in range(40)
]


def shown(report: Report) -> str:
    answer = ReportAnswer(report=report).model_dump(mode="json", by_alias=True)
    return "\n".join(report_lines(answer["report"]))


def test_numbers_stand_below_each_other_with_their_shares():
    counts = {"sent": 200, "opened": 50, "bounced": 5}
    report = Report(
        progress=Progress(total=210, accepted=1000, bounced=5),
        reasons={"550 \x1b[31mno such user": 5},
        response=Response(sent=1000, bounced=10, opened=250, clicked=50, machine_opened=300),
        course=Course(step_seconds=60, points=POINTS),
        links=[LinkCount(address="https://a.example/{{ name }}", clicks=60, people=50, machine_clicks=7)],
        providers=[ProviderCount(domain="a.example", **counts), ProviderCount(domain="", sent=3)],
        revisions=[RevisionCount(revision=2, frozen_at=NOON, **counts)],
    )
    lines = shown(report).splitlines()
    assert lines[0].split() == ["sent", "1000", "99.0", "%"]
    assert lines[2].split() == ["opened", "250", "25.0", "%"]
    assert [len(line) for line in lines[:8]] == [len(lines[0])] * 8, "right-aligned"
    assert any(
        line.startswith("opened by a machine alone") and line.endswith("300  30.0 %") for line in lines
    )
    assert "over 40 minutes from 2026-11-26 12:00 UTC" in lines
    assert any(line.startswith("opened        █") for line in lines)
    assert not any(line.startswith("clicked ") and "▁" in line for line in lines), "no curve of nothing"
    (link,) = [line for line in lines if "https://a.example" in line]
    assert link.split()[-3:] == ["50", "60", "7"]
    assert any(line.startswith("all others") for line in lines)
    assert "\x1b" not in "".join(lines)


def test_a_report_of_nothing_is_short_and_divides_by_nothing():
    assert all("%" not in line for line in shown(Report(progress=Progress(total=0))).splitlines())
