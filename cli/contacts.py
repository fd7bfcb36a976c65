"""`handbill contacts`: look at contacts, bring them in and take them out, from a script."""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from cli import output, records
from cli.contact_export import export
from cli.failures import CommandError
from cli.remote import signed_in
from cli.suppressions import add_suppression
from cli.words import word
from sync.api import Api

COLUMNS = ("id", "email", "name", "status")


def contacts(options: argparse.Namespace) -> int:
    """list, show, timeline, import, export or suppress."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        await _COMMANDS[options.what](api, options)
    return 0


async def _list(api: Api, options: argparse.Namespace) -> None:
    query = options.words[0] if options.words else None
    async for row in records.pages(api, "/api/contacts", "contacts", q=query, limit=200):
        records.line(row, COLUMNS, as_json=options.json)


async def id_of(api: Api, contact: str) -> str:
    """The id of a contact that is named by its address or by the id itself."""
    if "@" not in contact:
        return contact
    found = (await api.call("GET", "/api/contacts", params={"q": contact, "limit": 50})).body["contacts"]
    row = next((row for row in found if row["email"].casefold() == contact.casefold()), None)
    if row is None:
        message = f"There is no contact with the address {contact}."
        raise CommandError(message)
    return str(row["id"])


async def _show(api: Api, options: argparse.Namespace) -> None:
    id = await id_of(api, _word(options, "an address or an id"))
    row = (await api.call("GET", f"/api/contacts/{id}")).body["contact"]
    output.data(row, as_json=options.json)


async def _import(api: Api, options: argparse.Namespace) -> None:
    content = await asyncio.to_thread(_read, Path(_word(options, "a CSV file")))
    answer = await api.send_file("/api/contacts/import", content, "text/csv", _import_params(options))
    problems: list[Any] = answer.body.get("problems", [])
    shown = {k: v for k, v in answer.body.items() if k not in ("problems", "leftOut")}
    output.data(answer.body if options.json else shown, as_json=options.json)
    if left_out := ", ".join(map(repr, answer.body.get("leftOut", []))):
        output.words(
            f"Left out, because no field has the name: {left_out}. Make a field (handbill fields create), "
            "or name one (--map COLUMN=FIELD), and import the file again."
        )
    for problem in problems:
        output.words(str(problem))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise CommandError(message) from error


def _import_params(options: argparse.Namespace) -> dict[str, Any]:
    params: dict[str, Any] = {"dryRun": "true"} if options.dry_run else {}
    if options.map:
        params["map"] = options.map
    return params


def _word(options: argparse.Namespace, what: str) -> str:
    return word(options, 0, what)


async def _timeline(api: Api, options: argparse.Namespace) -> None:
    path = f"/api/contacts/{await id_of(api, _word(options, 'an address or an id'))}/timeline"
    for row in (await api.call("GET", path, params={"limit": 200})).body["entries"]:
        records.line(row, ("at", "what", "detail"), as_json=options.json)


async def _suppress(api: Api, options: argparse.Namespace) -> None:
    await add_suppression(api, _word(options, "an e-mail address"), options)


_COMMANDS = {
    "list": _list,
    "show": _show,
    "timeline": _timeline,
    "import": _import,
    "export": export,
    "suppress": _suppress,
}
