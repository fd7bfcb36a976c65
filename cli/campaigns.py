"""`handbill campaigns`: write, send and watch campaigns from a script."""

import argparse
import asyncio
import json
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any

from cli import output, records
from cli.deliveries import deliveries, outbox, resend
from cli.drafts_here import refuse_unsynced
from cli.failures import USAGE, CommandError
from cli.remote import signed_in
from cli.reports import report
from cli.words import word
from contract.ids import new_document_id
from localstore.records import DocKind
from sync.api import Api

COLUMNS = ("id", "name", "status", "sendAt", "segmentId", "accountId", "updatedAt")
NONE = "none"
ACTIONS = ("pause", "resume", "cancel")


def campaigns(options: argparse.Namespace) -> int:
    """list, show, create, edit, send, schedule, unschedule, pause, resume, cancel, preview, test, approve,
    preflight, report, deliveries, resend, outbox.
    """
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        if options.what in ACTIONS:
            await _act(api, options)
        else:
            await _COMMANDS[options.what](api, options)
    return 0


def _id(options: argparse.Namespace) -> str:
    return word(options, 0, "an id (handbill campaigns list shows them)")


async def _row(api: Api, id: str) -> dict[str, Any]:
    row: dict[str, Any] = (await api.call("GET", f"/api/campaigns/{id}")).body["campaign"]
    return row


async def _row_to_mail(api: Api, options: argparse.Namespace) -> dict[str, Any]:
    """The row, unless this computer has changes of it that the server does not know."""
    row = await _row(api, _id(options))
    refuse_unsynced(options, DocKind.CAMPAIGN, row)
    return row


async def _list(api: Api, options: argparse.Namespace) -> None:
    async for row in records.pages(api, "/api/campaigns", "campaigns"):
        records.line(row, COLUMNS, as_json=options.json)


async def _show(api: Api, options: argparse.Namespace) -> None:
    records.line(await _row(api, _id(options)), COLUMNS, as_json=options.json)


async def _create(api: Api, options: argparse.Namespace) -> None:
    name = word(options, 0, "a name, and the block document in JSON on standard input")
    try:
        content = json.load(sys.stdin)
    except ValueError as error:
        message = f"standard input must be a block document in JSON: {error}."
        raise CommandError(message, USAGE) from error
    body = {"name": name, "contentJson": content, **_choices(options)}
    answer = await api.call("POST", "/api/campaigns", body=body, key=new_document_id())
    records.line(answer.body["campaign"], COLUMNS, as_json=options.json)


def _choices(options: argparse.Namespace) -> dict[str, Any]:
    """For whom and through which account, as far as it is said; `none` takes a choice back."""
    given = {"segmentId": options.segment, "accountId": options.account}
    return {name: None if value == NONE else value for name, value in given.items() if value is not None}


async def _edit(api: Api, options: argparse.Namespace) -> None:
    """Pinned to the row as it is now."""
    body = _choices(options) | ({"name": options.name} if options.name else {})
    if not body:
        message = "handbill campaigns edit needs --name, --segment or --account."
        raise CommandError(message, USAGE)
    row = await _row(api, _id(options))
    body["updatedAt"] = row["updatedAt"]
    answer = await api.call("PATCH", f"/api/campaigns/{row['id']}", body=body, key=new_document_id())
    records.line(answer.body["campaign"], COLUMNS, as_json=options.json)


async def _send(api: Api, options: argparse.Namespace) -> None:
    """Pinned to the row as it is now: what was shown last is what is sent."""
    row = await _row_to_mail(api, options)
    body: dict[str, Any] = {"updatedAt": row["updatedAt"]}
    if options.what == "schedule":
        if not options.at:
            message = "handbill campaigns schedule needs --at, such as 2026-12-01T09:00:00+01:00."
            raise CommandError(message, USAGE)
        at = _moment(options.at)
        body["sendAt"] = options.at
        if options.each_zone:
            body["localTime"] = at.replace(tzinfo=None).isoformat()
    answer = await api.call("POST", f"/api/campaigns/{row['id']}/send", body=body, key=new_document_id())
    records.line(answer.body["campaign"], COLUMNS, as_json=options.json)


def _moment(at: str) -> datetime:
    """As it was written. Without the offset of its zone nobody knows which moment is meant."""
    moment: datetime | None = None
    with suppress(ValueError):
        moment = datetime.fromisoformat(at)
    if moment is None or moment.tzinfo is None:
        message = f"--at {at} is no time with its zone; one is 2026-12-01T09:00:00+01:00."
        raise CommandError(message, USAGE)
    return moment


async def _unschedule(api: Api, options: argparse.Namespace) -> None:
    answer = await api.call("PATCH", f"/api/campaigns/{_id(options)}", body={"status": "DRAFT"})
    records.line(answer.body["campaign"], COLUMNS, as_json=options.json)


async def _act(api: Api, options: argparse.Namespace) -> None:
    if options.what == "resume":  # the rest get what was corrected while it was paused
        await _row_to_mail(api, options)
    path = f"/api/campaigns/{_id(options)}/{options.what}"
    answer = await api.call("POST", path, body={}, key=new_document_id())
    records.line(answer.body["campaign"], COLUMNS, as_json=options.json)


async def _test(api: Api, options: argparse.Namespace) -> None:
    if not options.to:
        message = "handbill campaigns test needs --to ADDRESS."
        raise CommandError(message, USAGE)
    row = await _row_to_mail(api, options)
    body = {"to": options.to, "contactId": options.contact}
    answer = await api.call("POST", f"/api/campaigns/{row['id']}/test", body=body)
    output.data(answer.body, as_json=options.json)


async def _approve(api: Api, options: argparse.Namespace) -> None:
    """For the content and the audience as they are now; somebody else then sends it."""
    row = await _row_to_mail(api, options)
    audience = (await api.call("GET", f"/api/campaigns/{row['id']}/audience")).body
    body = {"updatedAt": row["updatedAt"], "audienceHash": audience["audienceHash"]}
    answer = await api.call("POST", f"/api/campaigns/{row['id']}/approve", body=body, key=new_document_id())
    output.data(answer.body["approval"], as_json=options.json)
    output.words(f"Approved for {audience['willSend']} contacts.")


async def _preview(api: Api, options: argparse.Namespace) -> None:
    """The plain text with the values of a contact, or with none; as JSON the HTML too."""
    from cli.previewing import preview

    contact = options.contact and (await api.call("GET", f"/api/contacts/{options.contact}")).body["contact"]
    parts = preview((await _row(api, _id(options)))["contentJson"], contact)
    if options.json:
        output.data(parts, as_json=True)
    else:
        print(f"{parts['subject']}\n\n{parts['text']}")
    if parts["missing"]:
        output.words(f"Nothing to put in for {', '.join(parts['missing'])}.")


async def _preflight(api: Api, options: argparse.Namespace) -> None:
    """Every recipient's copy; refused if nobody's could be mailed."""
    path, checked, left_out, gaps, cursor = f"/api/campaigns/{_id(options)}/preflight", 0, 0, 0, None
    while True:
        page = (await api.call("GET", path, params={"cursor": cursor} if cursor else {})).body
        for copy in page["broken"]:
            copy["state"] = "not mailed" if copy["leftOut"] else "mailed so"
            copy["reasons"] = "; ".join([*(f"has no {name}" for name in copy["missing"]), *copy["faults"]])
            left_out, gaps = left_out + copy["leftOut"], gaps + (not copy["leftOut"])
            records.line(copy, ("email", "state", "reasons"), as_json=options.json)
        checked, cursor = checked + page["checked"], page["nextCursor"]
        if cursor is None:
            break
        output.words(f"{checked} looked at …")
    output.words(f"{checked} copies looked at: {gaps} with gaps, {left_out} cannot be mailed.")
    if checked and left_out == checked:
        message = "Nobody's copy can be mailed."
        raise CommandError(message)


_COMMANDS = {
    "list": _list,
    "show": _show,
    "create": _create,
    "edit": _edit,
    "send": _send,
    "schedule": _send,
    "unschedule": _unschedule,
    "test": _test,
    "approve": _approve,
    "preview": _preview,
    "preflight": _preflight,
    "report": report,
    "deliveries": deliveries,
    "resend": resend,
    "outbox": outbox,
}
