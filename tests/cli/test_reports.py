"""A report in a terminal without the client."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from cli.deliveries import deliveries
from cli.options import build_parser
from cli.reports import report_lines
from contract.delivery import Progress
from contract.reports import (
    CampaignReport,
    CampaignReportAnswer,
    Course,
    CoursePoint,
    LinkCount,
    PeopleCount,
    ProviderCount,
    Response,
    RevisionCount,
    SequenceReport,
    SequenceReportAnswer,
    StepCount,
)

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
POINTS = [
    CoursePoint(at=NOON + timedelta(minutes=n), sent=200 if n < 5 else 0, opened=40 - n) for n in range(40)
]


def shown(report: CampaignReport) -> str:
    answer = CampaignReportAnswer(report=report).model_dump(mode="json", by_alias=True)
    return "\n".join(report_lines(answer["report"]))


def test_numbers_stand_below_each_other_with_their_shares():
    counts = {"sent": 200, "opened": 50, "bounced": 5}
    report = CampaignReport(
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
    assert all("%" not in line for line in shown(CampaignReport(progress=Progress(total=0))).splitlines())


def test_a_sequence_says_where_its_people_are_and_what_became_of_each_step():
    step = StepCount(
        step_id="s", place=1, subject="Hi \x1b[31mthere", sent=90, unknown=1, opened=40, machine_opened=7
    )
    report = SequenceReport(
        progress=Progress(total=91, accepted=90, unknown=1),
        response=Response(sent=90),
        people=PeopleCount(active=5, finished=80, exited=6, exit_reasons={"unsubscribed": 6}),
        steps=[step, step.model_copy(update={"place": 0})],
    )
    answer = SequenceReportAnswer(report=report).model_dump(mode="json", by_alias=True)
    lines = list(report_lines(answer["report"]))
    assert [line.split() for line in lines if line.startswith(("in it", "unsubscribed"))][-2:] == [
        ["in", "it", "5"],
        ["unsubscribed", "6"],
    ]
    first, gone = (line for line in lines if "there" in line)
    assert first.split()[-10:] == ["0", "90", "0", "0", "1", "0", "40", "0", "7", "0"]
    assert gone.startswith("taken out: Hi")
    assert "\x1b" not in "".join(lines)


class _Answers:
    """What a server says to a GET, and what it was asked."""

    def __init__(self, **body: Any) -> None:
        self.body, self.asked = body, list[str]()

    async def call(self, method: str, path: str, **given: Any) -> "_Answers":
        self.asked.append(f"{method} {path}")
        return self


async def test_mails_of_a_sequence_are_asked_for_there_and_say_their_step(capsys):
    mail = {"email": "ann@x.example", "state": "bounced", "reason": "550", "attempts": 1, "stepId": "hello"}
    api = _Answers(deliveries=[mail | {"updatedAt": "2026-11-26T12:00:00.000000Z"}], nextCursor=None)
    words = ["sequences", "deliveries", "ID", "--not-delivered"]
    await deliveries(cast(Any, api), build_parser().parse_args(words))
    assert api.asked == ["GET /api/sequences/ID/deliveries"]
    assert capsys.readouterr().out.split("\t")[:3] == ["hello", "ann@x.example", "bounced"]
