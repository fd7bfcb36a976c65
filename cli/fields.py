"""`handbill fields`: what can be known of a contact, and what contacts are asked on their page."""

import argparse
import asyncio
from typing import Any

from cli import records
from cli.failures import USAGE, CommandError
from cli.remote import signed_in
from cli.words import word
from sync.api import Api

COLUMNS = ("key", "type", "label", "choices", "onPreferences")
PATH = "/api/fields"


def fields(options: argparse.Namespace) -> int:
    """list, create or edit."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        await _COMMANDS[options.what](api, options)
    return 0


def _show(row: dict[str, Any], options: argparse.Namespace) -> None:
    shown = row if options.json else row | {"choices": ", ".join(row["choices"])}
    records.line(shown, COLUMNS, as_json=options.json)


def _given(options: argparse.Namespace) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if options.label is not None:
        body["label"] = options.label
    if options.on_preferences is not None:
        body["onPreferences"] = options.on_preferences == "yes"
    return body


async def _list(api: Api, options: argparse.Namespace) -> None:
    for row in (await api.call("GET", PATH)).body["fields"]:
        _show(row, options)


async def _create(api: Api, options: argparse.Namespace) -> None:
    key = word(options, 0, "a key, such as plan")
    if options.type is None:
        message = "handbill fields create needs --type."
        raise CommandError(message, USAGE)
    body = {"key": key, "type": options.type, "label": key, "choices": options.choice or []} | _given(options)
    _show((await api.call("POST", PATH, body=body)).body["field"], options)


async def _edit(api: Api, options: argparse.Namespace) -> None:
    key = word(options, 0, "the key of a field (handbill fields list shows them)")
    _show((await api.call("PATCH", f"{PATH}/{key}", body=_given(options))).body["field"], options)


_COMMANDS = {"list": _list, "create": _create, "edit": _edit}
