"""`handbill members`: who belongs to the organisation, and who is invited."""

import argparse
import asyncio
import sys
from typing import Any

from cli import output, records
from cli.failures import USAGE, CommandError
from cli.remote import signed_in
from cli.session import keep_session, server_of
from cli.words import word
from sync.api import Api, transport_for

COLUMNS = ("id", "email", "role")


def members(options: argparse.Namespace) -> int:
    """list, invite, withdraw, accept, role, remove or rules."""
    return asyncio.run(_accept(options) if options.what == "accept" else _run(options))


async def _run(options: argparse.Namespace) -> int:
    async with signed_in(options) as api:
        await _COMMANDS[options.what](api, options)
    return 0


async def _list(api: Api, options: argparse.Namespace) -> None:
    body = (await api.call("GET", "/api/members")).body
    for row in body["members"]:
        records.line(row, COLUMNS, as_json=options.json)
    for row in body["invitations"]:
        records.line({**row, "invited": True}, (*COLUMNS, "expiresAt"), as_json=options.json)


async def _invite(api: Api, options: argparse.Namespace) -> None:
    body = {"email": word(options, 0, "an e-mail address"), "role": options.role or "MEMBER"}
    made = (await api.call("POST", "/api/members", body=body)).body
    shown = {**made["invitation"], "token": made["token"]}
    output.data(shown, as_json=options.json)
    output.words("Give the token to this person alone. They join with")
    output.words("  handbill --server URL members accept TOKEN --password-stdin")


async def _withdraw(api: Api, options: argparse.Namespace) -> None:
    await api.call("DELETE", f"/api/members/invitations/{word(options, 0, 'the id of an invitation')}")
    output.words("The invitation was taken back.")


async def _role(api: Api, options: argparse.Namespace) -> None:
    who = await _id_of(api, word(options, 0, "an id or an e-mail address, and a role"))
    role = word(options, 1, "a role: OWNER, ADMIN or MEMBER").upper()
    changed = (await api.call("PATCH", f"/api/members/{who}", body={"role": role})).body["member"]
    output.data(changed, as_json=options.json)


async def _remove(api: Api, options: argparse.Namespace) -> None:
    who = await _id_of(api, word(options, 0, "an id or an e-mail address"))
    await api.call("DELETE", f"/api/members/{who}")
    output.words("Removed; their sessions have ended.")


async def _rules(api: Api, options: argparse.Namespace) -> None:
    """What holds for everyone; with an option it changes."""
    given = {
        "membersMaySend": options.members_may_send,
        "needsApproval": options.needs_approval,
        "trackOpens": options.track_opens,
        "trackClicks": options.track_clicks,
    }
    changes: dict[str, Any] = {name: answer == "yes" for name, answer in given.items() if answer}
    numbers = {
        "dailyCap": options.daily_cap,
        "frequencyMails": options.most_mails,
        "frequencyDays": options.days,
    }
    changes |= {name: number for name, number in numbers.items() if number is not None}
    if options.time_zone is not None:
        changes["timeZone"] = "" if options.time_zone == "none" else options.time_zone
    if changes:
        await api.call("PATCH", "/api/org", body=changes)
    output.data((await api.call("GET", "/api/org")).body["org"], as_json=options.json)


async def _id_of(api: Api, who: str) -> str:
    if who.isdigit():
        return who
    rows = (await api.call("GET", "/api/members")).body["members"]
    found = next((str(row["id"]) for row in rows if row["email"] == who.lower()), None)
    if found is None:
        message = f"There is no member {who}."
        raise CommandError(message)
    return found


async def _accept(options: argparse.Namespace) -> int:
    """Joining signs in, as `handbill login` does."""
    server, token = server_of(options), word(options, 0, "the token of an invitation")
    if not options.password_stdin:
        message = "handbill members accept reads the password from standard input: add --password-stdin."
        raise CommandError(message, USAGE)
    password = sys.stdin.readline().rstrip("\n")
    async with Api(*transport_for(server)) as api:
        session = await api.accept(token, password)
    keep_session(options, server, session)
    return 0


_COMMANDS = {
    "list": _list,
    "invite": _invite,
    "withdraw": _withdraw,
    "role": _role,
    "remove": _remove,
    "rules": _rules,
}
