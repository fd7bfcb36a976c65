"""`handbill segments`: who gets it, from a script."""

import argparse
import asyncio
from typing import Any

from cli import output, records
from cli.contacts import id_of
from cli.remote import signed_in
from cli.words import word
from sync.api import Api

COLUMNS = ("id", "name", "memberCount", "text")


def segments(options: argparse.Namespace) -> int:
    """list, show, create, count, members or explain."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        await _COMMANDS[options.what](api, options)
    return 0


async def _list(api: Api, options: argparse.Namespace) -> None:
    async for row in records.pages(api, "/api/segments", "segments"):
        records.line(row, COLUMNS, as_json=options.json)


async def _show(api: Api, options: argparse.Namespace) -> None:
    body = (await api.call("GET", f"/api/segments/{_first(options, 'an id')}", params={"limit": 1})).body
    records.line(body["segment"] | {"memberCount": body["memberCount"]}, COLUMNS, as_json=options.json)


async def _preview(api: Api, text: str) -> dict[str, Any]:
    return (await api.call("POST", "/api/segments/preview", body={"text": text})).body


async def _create(api: Api, options: argparse.Namespace) -> None:
    name, text = _first(options, "a name and an expression"), _second(options, "an expression")
    dsl = (await _preview(api, text))["dslJson"]
    body = (await api.call("POST", "/api/segments", body={"name": name, "dslJson": dsl})).body
    records.line(body["segment"], COLUMNS, as_json=options.json)


async def _count(api: Api, options: argparse.Namespace) -> None:
    found = await _preview(api, _first(options, "an expression"))
    shown = {name: found[name] for name in ("count", "approximate", "text")}
    output.data(shown if options.json else {"count": found["count"]}, as_json=options.json)


async def _members(api: Api, options: argparse.Namespace) -> None:
    path = f"/api/segments/{_first(options, 'an id')}"
    async for row in records.pages(api, path, "members", limit=200):
        records.line(row, ("id", "email", "name", "status"), as_json=options.json)


async def _explain(api: Api, options: argparse.Namespace) -> None:
    segment_id, email = _first(options, "an id and an address"), _second(options, "an address")
    segment = (await api.call("GET", f"/api/segments/{segment_id}", params={"limit": 1})).body["segment"]
    contact_id = await id_of(api, email)
    body = {"dslJson": segment["dslJson"], "contactId": contact_id, "segmentId": segment_id}
    answer = (await api.call("POST", "/api/segments/explain", body=body)).body
    if options.json:
        output.data(answer, as_json=True)
        return
    manual = f", {answer['manual']}d by hand" if answer.get("manual") else ""
    print(f"{email} is {'in' if answer['member'] else 'out'}{manual}")
    for verdict in answer["verdicts"]:
        print(f"{'yes' if verdict['holds'] else 'no '}\t{verdict['text']}\t{verdict['value']}")


def _first(options: argparse.Namespace, what: str) -> str:
    return word(options, 0, what)


def _second(options: argparse.Namespace, what: str) -> str:
    return word(options, 1, what)


_COMMANDS = {
    "list": _list,
    "show": _show,
    "create": _create,
    "count": _count,
    "members": _members,
    "explain": _explain,
}
