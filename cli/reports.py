"""Reports of campaigns and sequences as people read them in a terminal; scripts take the JSON."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from cli import output
from cli.words import word
from sync.api import Api
from tui.bars import sparkline

WIDTH = 48
"""Columns of a curve."""
MAX_LINES = 10
"""Of links and of reasons."""


def share(number: int, of: int) -> str:
    """`12.5 %`; nothing of nothing."""
    return f"{number * 100 / of:.1f} %" if of else ""


def _table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The first column to the left, numbers to the right."""
    listed = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    for first, *rest in listed:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join((first.ljust(widths[0]), *cells)).rstrip()


_RESPONSES = (
    ("opened", "opened"),
    ("clicked", "clicked"),
    ("unsubscribed", "unsubscribed"),
    ("complained", "complained"),
    ("opened by a machine alone", "machineOpened"),
    ("clicked by a machine alone", "machineClicked"),
)


def _people(report: dict[str, Any]) -> Iterator[str]:
    seen = report["response"]
    sent, tried = seen["sent"], seen["sent"] + seen["bounced"]
    rows = [
        ("sent", f"{sent}", share(sent, tried)),
        ("bounced", f"{seen['bounced']}", share(seen["bounced"], tried)),
    ]
    rows += [(words, f"{seen[name]}", share(seen[name], sent)) for words, name in _RESPONSES]
    yield from _table(rows)


def _course(report: dict[str, Any]) -> Iterator[str]:
    points = report["course"]["points"]
    if not points:
        return
    began = datetime.fromisoformat(points[0]["at"]).strftime("%Y-%m-%d %H:%M UTC")
    minutes = report["course"]["stepSeconds"] * len(points) // 60
    yield ""
    yield f"over {_length(minutes)} from {began}"
    for name in ("sent", "opened", "clicked", "unsubscribed", "bounced"):
        values = [point[name] for point in points]
        if any(values):
            yield f"{name:<12}  {sparkline(values, WIDTH)}".rstrip()


def _length(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _section(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield ""
        yield from _table([(title, *head), *rows])


def _mails(row: dict[str, Any]) -> tuple[str, ...]:
    sent, opened, clicked = row["sent"], row["opened"], row["clicked"]
    return (
        f"{sent}",
        f"{row['bounced']}",
        f"{opened}",
        share(opened, sent),
        f"{clicked}",
        share(clicked, sent),
    )


_MAILS = ("sent", "bounced", "opened", "", "clicked", "")


_STATES = (
    "pending",
    "accepted",
    "soft",
    "bounced",
    "complained",
    "failed",
    "unknown",
    "skipped",
    "cancelled",
)


_STEP = ("waiting", "sent", "bounced", "failed", "unknown", "skipped", "opened", "clicked")
_MACHINES = ("opened by machines", "clicked by machines")


def _steps(report: dict[str, Any]) -> Iterator[str]:
    """What only a sequence has: its people, and its mails by step."""
    people = report.get("people")
    if people is None:
        return
    states = [(words, f"{people[name]}") for words, name in _PEOPLE]
    yield from _section("people", ("",), states)
    exits = [(_printable(why), f"{number}") for why, number in people["exitReasons"].items()]
    yield from _section("left early", ("people",), exits)
    rows = [
        (
            f"{step['place']}. {_printable(step['subject'])}"
            if step["place"]
            else f"taken out: {_printable(step['subject'])}",
            *(f"{step[name]}" for name in (*_STEP, "machineOpened", "machineClicked")),
        )
        for step in report["steps"]
    ]
    yield from _section("step", (*_STEP, *_MACHINES), rows)


_PEOPLE = (("in it", "active"), ("at its end", "finished"), ("left early", "exited"))


def _printable(words: str) -> str:
    """What a mail server answered may not speak to the terminal."""
    return "".join(char if char.isprintable() else " " for char in words)


def is_followed(report: dict[str, Any]) -> bool:
    """Whether opens and clicks are tracked, or were when these mails went out."""
    seen = ("opened", "clicked", "machineOpened", "machineClicked")
    return report["tracksOpens"] or report["tracksClicks"] or any(report["response"][name] for name in seen)


def report_lines(report: dict[str, Any]) -> Iterator[str]:
    """The whole report, one line after the other."""
    yield from _people(report)
    yield from _steps(report)
    yield from _course(report)
    links = [
        (x["address"], f"{x['people']}", f"{x['clicks']}", f"{x['machineClicks']}") for x in report["links"]
    ]
    yield from _section("link", ("people", "clicks", "by machines"), links[:MAX_LINES])
    providers = [(row["domain"] or "all others", *_mails(row)) for row in report["providers"]]
    yield from _section("provider", _MAILS, providers)
    revisions = [(f"{row['revision']}", *_mails(row)) for row in report.get("revisions", ())]
    yield from _section("revision", _MAILS, revisions)
    states = [(state, f"{report['progress'][state]}") for state in _STATES if report["progress"][state]]
    yield from _section("state", ("mails",), states)
    reasons = [(_printable(reason), f"{number}") for reason, number in report["reasons"].items()]
    yield from _section("reason", ("mails",), reasons[:MAX_LINES])


async def report(api: Api, options: argparse.Namespace) -> None:
    """`handbill campaigns report` and `handbill sequences report`."""
    id = word(options, 0, f"an id (handbill {options.command} list shows them)")
    found = (await api.call("GET", f"/api/{options.command}/{id}/report")).body["report"]
    if options.json:
        output.data(found, as_json=True)
        return
    for line in report_lines(found):
        print(line)
    if not is_followed(found):
        output.words("Opens and clicks are not tracked; an owner may want it: handbill members rules.")
