"""`handbill sequences settings`: what the draft's settings are, and changing some of them."""

import argparse
from typing import Any

from cli import output
from cli.failures import USAGE, CommandError
from contract.ids import new_document_id
from contract.send_window_text import SendWindowError, parse_window, say_window
from contract.sequence_settings import KeptSettings
from sync.api import Api

NONE, NEVER = "none", "never"


async def settings(api: Api, options: argparse.Namespace, path: str) -> None:
    """Show them; with options change those of the draft, pinned to the row as it is now."""
    given = _given(options)
    row = (await api.call("GET", path)).body["sequence"]
    if given:
        body = {"settings": row["settings"] | given, "updatedAt": row["updatedAt"]}
        row = (await api.call("PATCH", path, body=body, key=new_document_id())).body["sequence"]
    shown = row["settings"]
    if not options.json:
        shown = shown | {"sendWindow": say_window(KeptSettings.model_validate(shown).send_window)}
    output.data(shown, as_json=options.json)


def _given(options: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if options.exit_on_leaving is not None:
        given["exitOnLeaving"] = options.exit_on_leaving == "yes"
    for name, value in (("goalSegmentId", options.goal), ("accountId", options.account)):
        if value is not None:
            given[name] = None if value == NONE else value
    if options.reenter_after is not None:
        given["reenterAfterDays"] = _days(options.reenter_after)
    if options.window is not None:
        given["sendWindow"] = _window(options.window)
    return given


def _days(text: str) -> int | None:
    if text == NEVER:
        return None
    if not (text.isascii() and text.isdigit()):
        raise CommandError(f"--reenter-after {text} is no number of days; one is 90, or never.", USAGE)
    return int(text)


def _window(text: str) -> dict[str, Any] | None:
    try:
        window = parse_window(text)
    except SendWindowError as error:
        raise CommandError(str(error), USAGE) from None
    return window.model_dump(mode="json", by_alias=True) if window else None
