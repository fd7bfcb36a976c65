"""`handbill accounts dkim ACCOUNT [create|activate|remove]`: what the mails of an account are signed with."""

import argparse
from typing import Any

from cli import output, records
from cli.failures import USAGE, CommandError
from cli.words import word
from sync.api import Api

PATH = "/api/dkim-keys"
COLUMNS = ("selector", "algorithm", "active", "recordName", "recordValue")
STRING = 255
"""No string of a TXT record may be longer; a longer value is several."""


async def dkim(api: Api, options: argparse.Namespace) -> None:
    """Without a verb it lists."""
    account = word(options, 0, "the id of an account (handbill accounts list shows them)")
    verb = options.words[1] if len(options.words) > 1 else "list"
    if verb not in _VERBS:
        message = f"handbill accounts dkim knows create, activate and remove, not {verb}."
        raise CommandError(message, USAGE)
    await _VERBS[verb](api, account, options)


async def _list(api: Api, account: str, options: argparse.Namespace) -> None:
    for key in await _keys_of(api, account):
        records.line(key, COLUMNS, as_json=options.json)


async def _keys_of(api: Api, account: str) -> list[dict[str, Any]]:
    keys = (await api.call("GET", PATH)).body["keys"]
    return [key for key in keys if key["accountId"] == account]


async def _create(api: Api, account: str, options: argparse.Namespace) -> None:
    given = {"algorithm": options.algorithm, "selector": options.selector}
    body = {"accountId": account} | {name: value for name, value in given.items() if value is not None}
    key = (await api.call("POST", PATH, body=body)).body["key"]
    if options.json:
        output.data(key, as_json=True)
    else:
        print(zone_line(key))
    output.words(
        "Publish this record. When it can be looked up, sign with it: "
        f"handbill accounts dkim {account} activate {key['selector']}"
    )


def zone_line(key: dict[str, Any]) -> str:
    """The record as a zone file has it."""
    value = key["recordValue"]
    strings = [f'"{value[start : start + STRING]}"' for start in range(0, len(value), STRING)]
    return f"{key['recordName']}. IN TXT ( {' '.join(strings)} )"


async def _activate(api: Api, account: str, options: argparse.Namespace) -> None:
    key = await _named(api, account, options)
    done = (await api.call("POST", f"{PATH}/{key['id']}/activate", body={})).body["key"]
    records.line(done, COLUMNS, as_json=options.json)


async def _remove(api: Api, account: str, options: argparse.Namespace) -> None:
    key = await _named(api, account, options)
    await api.call("DELETE", f"{PATH}/{key['id']}")
    output.words("Removed. Keep its record published for a week: mails on their way are checked against it.")


async def _named(api: Api, account: str, options: argparse.Namespace) -> dict[str, Any]:
    selector = word(options, 2, f"a selector (handbill accounts dkim {account} shows them)")
    for key in await _keys_of(api, account):
        if key["selector"] == selector:
            return key
    message = f"Account {account} has no key with the selector {selector}."
    raise CommandError(message)


_VERBS = {"list": _list, "create": _create, "activate": _activate, "remove": _remove}
