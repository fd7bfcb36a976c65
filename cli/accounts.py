"""`handbill accounts`: through which servers mail leaves. Passwords come on standard input only."""

import argparse
import asyncio
import sys
from typing import Any

from cli import output, records
from cli.dkim import dkim, zone_line
from cli.failures import OFFLINE, USAGE, CommandError
from cli.remote import signed_in
from cli.words import word
from sync.api import Api

COLUMNS = (
    *("id", "name", "host", "port", "tls", "fromEmail", "rate", "lanes", "dailyCap", "usedToday"),
    *("isDefault", "state", "pausedReason"),
)
SETTINGS = {
    "host": "host",
    "port": "port",
    "tls": "tls",
    "user": "username",
    "sender": "fromEmail",
    "bounce_address": "bounceAddress",
    "from_name": "fromName",
    "rate": "rate",
    "lanes": "lanes",
    "daily_cap": "dailyCap",
}
"""Options and what they are on the wire."""
PATH = "/api/sending-accounts"


def accounts(options: argparse.Namespace) -> int:
    """list, add, edit, test, check, dkim, pause, resume, default or remove."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        return await _COMMANDS[options.what](api, options) or 0


def _id(options: argparse.Namespace) -> str:
    return word(options, 0, "an id (handbill accounts list shows them)")


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    given = {wire: getattr(options, name) for name, wire in SETTINGS.items()}
    body = {name: value for name, value in given.items() if value is not None}
    if options.password_stdin:
        body["password"] = sys.stdin.readline().rstrip("\n")
    return body


async def _list(api: Api, options: argparse.Namespace) -> None:
    for row in (await api.call("GET", PATH)).body["accounts"]:
        records.line(row, COLUMNS, as_json=options.json)


async def _add(api: Api, options: argparse.Namespace) -> None:
    body = {"name": word(options, 0, "a name")} | _settings(options)
    missing = [f"--{name}" for name, wire in (("host", "host"), ("port", "port"), ("from", "fromEmail"))
               if wire not in body]  # fmt: skip
    if missing:
        message = f"handbill accounts add needs {' and '.join(missing)}."
        raise CommandError(message, USAGE)
    records.line((await api.call("POST", PATH, body=body)).body["account"], COLUMNS, as_json=options.json)


async def _edit(api: Api, options: argparse.Namespace) -> None:
    answer = await api.call("PATCH", f"{PATH}/{_id(options)}", body=_settings(options))
    records.line(answer.body["account"], COLUMNS, as_json=options.json)


async def _test(api: Api, options: argparse.Namespace) -> int:
    """Exit code 1 if the server does not let us in."""
    tried = (await api.call("POST", f"{PATH}/{_id(options)}/test", body={})).body
    if options.json:
        output.data(tried, as_json=True)
    output.words("The server lets us in." if tried["works"] else f"It does not work: {tried['reason']}.")
    return 0 if tried["works"] else 1


async def _check(api: Api, options: argparse.Namespace) -> int:
    """Exit code 1 if something is wrong, 3 if nobody could be asked."""
    found = (await api.call("GET", f"{PATH}/{_id(options)}/deliverability")).body["deliverability"]
    if options.json:
        output.data(found, as_json=True)
    else:
        for check in found["checks"]:
            print(f"{check['state']:<8}{check['name']:<15}{check['detail']}")
            if check["recordValue"]:
                print(zone_line(check))
    states = {check["state"] for check in found["checks"]}
    return 1 if "wrong" in states else OFFLINE if "unknown" in states else 0


async def _pause(api: Api, options: argparse.Namespace) -> None:
    body = {"reason": options.reason} if options.reason else {}
    answer = await api.call("POST", f"{PATH}/{_id(options)}/pause", body=body)
    records.line(answer.body["account"], COLUMNS, as_json=options.json)


async def _default(api: Api, options: argparse.Namespace) -> None:
    answer = await api.call("POST", f"{PATH}/{_id(options)}/default", body={})
    records.line(answer.body["account"], COLUMNS, as_json=options.json)


async def _resume(api: Api, options: argparse.Namespace) -> None:
    answer = await api.call("POST", f"{PATH}/{_id(options)}/resume", body={})
    records.line(answer.body["account"], COLUMNS, as_json=options.json)


async def _remove(api: Api, options: argparse.Namespace) -> None:
    await api.call("DELETE", f"{PATH}/{_id(options)}")
    output.words("Removed.")


_COMMANDS: dict[str, Any] = {
    "list": _list,
    "add": _add,
    "edit": _edit,
    "test": _test,
    "check": _check,
    "dkim": dkim,
    "pause": _pause,
    "resume": _resume,
    "default": _default,
    "remove": _remove,
}
