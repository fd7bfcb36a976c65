"""Mails by name from a script: who got them, who did not and why, the unknown again, what is on its way."""

import argparse
import sys
from typing import Any

from cli import output, records
from cli.failures import USAGE, CommandError
from cli.words import word
from contract.ids import new_document_id
from sync.api import Api
from sync.mail_export import mail_pages, write_csv

COLUMNS = ("email", "state", "reason", "attempts", "updatedAt")
UNKNOWN = "unknown"


def _id(options: argparse.Namespace) -> str:
    return word(options, 0, f"an id (handbill {options.command} list shows them)")


def _filter(options: argparse.Namespace) -> dict[str, Any]:
    delivered = "false" if options.not_delivered else None
    return {"state": options.state, "reason": options.reason, "q": options.find, "delivered": delivered}


async def deliveries(api: Api, options: argparse.Namespace) -> None:
    """As columns, JSON lines or CSV; how many of each state on stderr."""
    source, params = f"{options.command}/{_id(options)}", _filter(options)
    if options.csv:
        counts = await write_csv(api, source, params, sys.stdout, _progress)
    else:
        counts = await _print(api, source, params, options)
    output.words(_summary(counts))


async def _print(
    api: Api, source: str, params: dict[str, Any], options: argparse.Namespace
) -> dict[str, int]:
    counts: dict[str, int] = {}
    columns = ("stepId", *COLUMNS) if options.command == "sequences" else COLUMNS
    async for page in mail_pages(api, source, params):
        for row in page["deliveries"]:
            records.line(row, columns, as_json=options.json)
            counts[row["state"]] = counts.get(row["state"], 0) + 1
    return counts


def _progress(lines: int, of: int) -> None:
    if of > lines and sys.stderr.isatty():
        output.words(f"{lines:,} of {of:,} …")


def _summary(counts: dict[str, int]) -> str:
    """Such as `12 in all: 9 bounced, 3 unknown.`"""
    if not counts:
        return "Nobody."
    by_count = sorted(counts.items(), key=lambda pair: -pair[1])
    return f"{sum(counts.values()):,} in all: {', '.join(f'{n:,} {state}' for state, n in by_count)}."


async def resend(api: Api, options: argparse.Namespace) -> None:
    """Only the unknown ones, and only with --yes: whoever got the first copy may get a second."""
    source = f"{options.command}/{_id(options)}"
    if options.state not in (None, UNKNOWN):
        message = f"Only mails of which nobody knows are sent again: --state {UNKNOWN}, not {options.state}."
        raise CommandError(message, USAGE)
    params = {"state": UNKNOWN, "limit": 1} | ({"q": options.find} if options.find else {})
    listed = await api.call("GET", f"/api/{source}/deliveries", params=params)
    waiting = listed.body["total"]
    if not options.yes:
        message = (
            f"{waiting:,} mails may or may not have arrived; sent again, some people may get them twice. "
            "Nothing was sent. Add --yes to send them again."
        )
        raise CommandError(message)
    body = {"q": options.find} if options.find else {}
    answer = await api.call("POST", f"/api/{source}/resend", body=body, key=new_document_id())
    output.data(answer.body, as_json=options.json)
    output.words(f"{answer.body['resent']:,} mails are sent again, each under its first Message-ID.")


async def outbox(api: Api, options: argparse.Namespace) -> None:
    """What is scheduled, being sent or paused, how far it is and why it waits."""
    for row in (await api.call("GET", "/api/outbox")).body["campaigns"]:
        progress = row.get("progress") or {}
        shown = row | {
            "done": f"{progress['total'] - progress['pending'] - progress['soft']}/{progress['total']}"
            if progress
            else "",
            "perSecond": progress.get("perSecond") or "",
            "why": row.get("pausedReason") or "; ".join(row["waits"]),
        }
        columns = ("id", "name", "status", "sendAt", "done", "perSecond", "why")
        records.line(row if options.json else shown, columns, as_json=options.json)
