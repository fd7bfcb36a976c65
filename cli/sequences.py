"""`handbill sequences`: look at sequences, play, activate and pause them from a script."""

import argparse
import asyncio

from cli import output, records, sequence_plays, sequence_settings
from cli.deliveries import deliveries, resend
from cli.drafts_here import refuse_unsynced
from cli.remote import signed_in
from cli.reports import report
from cli.words import word
from contract.ids import new_document_id
from localstore.records import DocKind
from sync.api import Api

COLUMNS = ("id", "name", "status", "segmentId", "activeEnrolments", "updatedAt")


def sequences(options: argparse.Namespace) -> int:
    """One of `_COMMANDS`."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        await _COMMANDS[options.what](api, options)
    return 0


def _id(options: argparse.Namespace) -> str:
    return word(options, 0, "an id (handbill sequences list shows them)")


async def _list(api: Api, options: argparse.Namespace) -> None:
    async for row in records.pages(api, "/api/sequences", "sequences"):
        records.line(row, COLUMNS, as_json=options.json)


async def _show(api: Api, options: argparse.Namespace) -> None:
    row = (await api.call("GET", f"/api/sequences/{_id(options)}")).body["sequence"]
    records.line(row, COLUMNS, as_json=options.json)


async def _plan(api: Api, options: argparse.Namespace) -> None:
    output.data((await api.call("GET", f"/api/sequences/{_id(options)}/plan")).body, as_json=options.json)


async def _activate(api: Api, options: argparse.Namespace) -> None:
    """Publish what the plan just said; refused if it drifts in between."""
    row = (await api.call("GET", f"/api/sequences/{_id(options)}")).body["sequence"]
    refuse_unsynced(options, DocKind.SEQUENCE, row)
    plan = (await api.call("GET", f"/api/sequences/{_id(options)}/plan")).body
    path = f"/api/sequences/{_id(options)}/activate"
    body = {"planHash": plan["planHash"]}
    row = (await api.call("POST", path, body=body, key=new_document_id())).body["sequence"]
    records.line(row, COLUMNS, as_json=options.json)


async def _pause(api: Api, options: argparse.Namespace) -> None:
    path = f"/api/sequences/{_id(options)}/pause"
    row = (await api.call("POST", path, body={}, key=new_document_id())).body["sequence"]
    records.line(row, COLUMNS, as_json=options.json)


async def _resume(api: Api, options: argparse.Namespace) -> None:
    path = f"/api/sequences/{_id(options)}/resume"
    body = {"overdue": options.overdue, "hours": options.hours}
    row = (await api.call("POST", path, body=body, key=new_document_id())).body["sequence"]
    records.line(row, COLUMNS, as_json=options.json)


async def _enrolments(api: Api, options: argparse.Namespace) -> None:
    path = f"/api/sequences/{_id(options)}/enrolments"
    async for row in records.pages(api, path, "enrolments"):
        columns = ("email", "state", "stepId", "nextRunAt", "exitReason")
        records.line(row, columns, as_json=options.json)


async def _settings(api: Api, options: argparse.Namespace) -> None:
    await sequence_settings.settings(api, options, f"/api/sequences/{_id(options)}")


async def _simulate(api: Api, options: argparse.Namespace) -> None:
    await sequence_plays.simulate(api, options, f"/api/sequences/{_id(options)}")


_COMMANDS = {
    "list": _list,
    "show": _show,
    "settings": _settings,
    "plan": _plan,
    "simulate": _simulate,
    "activate": _activate,
    "pause": _pause,
    "resume": _resume,
    "enrolments": _enrolments,
    "report": report,
    "deliveries": deliveries,
    "resend": resend,
}
