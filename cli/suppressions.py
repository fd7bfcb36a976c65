"""`handbill suppressions`: addresses that are never written to."""

import argparse
import asyncio

from cli import output, records
from cli.failures import CommandError
from cli.remote import signed_in
from cli.words import word
from sync.api import Api

COLUMNS = ("hash", "email", "reason", "since", "sourceName")


def suppressions(options: argparse.Namespace) -> int:
    """list, add or undo."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        await _COMMANDS[options.what](api, options)
    return 0


async def _list(api: Api, options: argparse.Namespace) -> None:
    email = options.words[0] if options.words else None
    wanted = {"email": email, "q": options.find, "reason": options.reason, "limit": 200}
    async for row in records.pages(api, "/api/suppressions", "suppressions", **wanted):
        records.line(row, COLUMNS, as_json=options.json)


async def add_suppression(api: Api, email: str, options: argparse.Namespace) -> None:
    """Never write to this address again."""
    made = (await api.call("POST", "/api/suppressions", body={"email": email})).body["suppression"]
    output.data(made, as_json=options.json)


async def _add(api: Api, options: argparse.Namespace) -> None:
    await add_suppression(api, word(options, 0, "an e-mail address"), options)


async def _undo(api: Api, options: argparse.Namespace) -> None:
    given = word(options, 0, "a hash or an e-mail address")
    hashed = await _hash_of(api, given) if "@" in given else given
    await api.call("DELETE", f"/api/suppressions/{hashed}")
    output.words("This address may be written to again.")


async def _hash_of(api: Api, email: str) -> str:
    """The server knows which spellings are one address."""
    listed = (await api.call("GET", "/api/suppressions", params={"email": email})).body["suppressions"]
    if not listed:
        message = f"{email} is not suppressed."
        raise CommandError(message)
    return str(listed[0]["hash"])


_COMMANDS = {"list": _list, "add": _add, "undo": _undo}
