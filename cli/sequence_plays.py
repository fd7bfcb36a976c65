"""`handbill sequences simulate`: the time machine, as lines for people and as JSON for programs."""

import argparse
from datetime import datetime
from typing import Any

from cli import output, records
from cli.failures import USAGE, CommandError
from cli.words import word
from contract.simulation import Simulation
from sync.api import Api

MAIL = ("number", "localAt", "at", "subject", "waits")


async def simulate(api: Api, options: argparse.Namespace, path: str) -> None:
    """The mails of one contact in their order, and the end as a last line."""
    email = word(options, 1, "the address of a contact")
    if options.since is not None:
        _check_time(options.since)
    body: dict[str, Any] = {"email": email, "entersAt": options.since, "draft": _which(options)}
    answer = (await api.call("POST", f"{path}/simulate", body=body)).body
    if options.json:
        output.data(answer, as_json=True)
        return
    play = Simulation.model_validate(answer)
    for row in answer["mails"]:
        waits = ", ".join(f"{wait['reason']} until {wait['until']}" for wait in row["waits"])
        records.line(row | {"waits": waits}, MAIL, as_json=False)
    records.line(
        {"end": "end", "at": answer["endsAt"], "how": _end(play)}, ("end", "at", "how"), as_json=False
    )
    for note in play.notes:
        output.words(note)


def _check_time(text: str) -> None:
    try:
        offset = datetime.fromisoformat(text).utcoffset()
    except ValueError:
        offset = None
    if offset is None:
        message = f"--from {text} is no time with its offset; one is 2026-12-01T09:00:00+01:00."
        raise CommandError(message, USAGE)


def _which(options: argparse.Namespace) -> bool | None:
    """Whether the draft is played; None where nobody said."""
    return True if options.draft else False if options.published else None


def _end(play: Simulation) -> str:
    return f"{play.ending}: {play.end_reason}" if play.end_reason else play.ending.value
