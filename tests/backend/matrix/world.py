"""An organisation with everyone who might call, and a way to make whatever a request needs."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import update

from backend.auth.tokens import ACCESS_SECONDS, AccessClaims
from backend.db.models.contact import Suppression
from contract.ids import new_document_id
from contract.roles import Role
from contract.suppressions import COMPLAINT
from tests.backend.conftest import Member, Server
from tests.backend.matrix.rules import ACCOUNT, DOCUMENT, EVERYONE, STEPS

MADE: dict[str, tuple[str, Any]] = {
    "contact": ("contact", {"email": "$email"}),
    "segment": ("segment", {"name": "All", "dslJson": EVERYONE}),
    "unaddressed": ("campaign", {"name": "May", "contentJson": DOCUMENT}),
    "draft": ("campaign", {"name": "May", "contentJson": DOCUMENT, "segmentId": "$segment"}),
    "sequence": ("sequence", {"name": "Welcome", "steps": STEPS, "segmentId": "$segment"}),
    "savedMail": ("savedMail", {"kind": "template", "name": "Letter", "contentJson": DOCUMENT}),
    "account": ("account", ACCOUNT),
    "addressed": (
        "campaign",
        {"name": "May", "contentJson": DOCUMENT, "segmentId": "$segment", "accountId": "$account"},
    ),
    "invitation": ("invitation", {"email": "$email"}),
    "field": ("field", {"key": "$field_key", "type": "text", "label": "Plan"}),
    "key": ("key", {"accountId": "$account", "algorithm": "ed25519", "selector": "news"}),
}
"""States in which something begins: what it is, and the request that makes it."""
MOVED: dict[str, tuple[str, str, Any]] = {
    "scheduled": ("draft", "send", {"undoSeconds": 60}),
    "paused": ("scheduled", "pause", None),
    "sent_through": ("addressed", "send", {"undoSeconds": 60}),
    "active_sequence": ("sequence", "activate", {}),
    "paused_sequence": ("active_sequence", "pause", None),
}
"""States that others are moved into: from which, by which verb, with which body."""
COLLECTIONS = {
    "account": "sending-accounts",
    "invitation": "members",
    "key": "dkim-keys",
    "savedMail": "saved-mails",
}
MISSING_DOCUMENT = "00000000-0000-7000-8000-000000000000"
MISSING_ROW = "987654321"


@dataclass
class World:
    """`owner`, `admin` and `member` belong to one organisation; `stranger` owns another, empty one.

    Nothing signs in through `refused`: those sessions are over or never were.
    """

    server: Server
    owner: Member
    admin: Member
    member: Member
    stranger: Member
    refused: dict[str, httpx.AsyncClient]

    async def another(self, member: Member) -> Member:
        """Someone else of the same role, in an organisation of their own."""
        org_id, owner = await self.server.org("Elsewhere", f"{uuid4().hex}@example.com")
        if member.session.role is Role.OWNER:
            return await self.server.sign_in(org_id, owner)
        return await self.server.member(org_id, f"{uuid4().hex}@example.com", member.session.role)

    async def again(self, member: Member) -> Member:
        """The same person in a session that may be ended."""
        return await self.server.sign_in(int(member.session.org.id), int(member.session.user.id))

    async def make(self, name: str, caller: Member, target: str | None = None) -> str:
        """What `$name` in a body stands for."""
        match name:
            case "version":
                found = await self._show(target)
                return str(found["updatedAt"])
            case "audience":
                return str((await self.owner.ok("GET", f"/campaigns/{target}/audience"))["audienceHash"])
            case "own_org":
                return caller.session.org.id
            case "refresh_token":
                return caller.session.refresh_token
            case "bootstrap_token":
                self.server.app.state.parts.settings.data_dir.joinpath("bootstrap-token").write_text("token")
                return "token"
            case "email":
                return f"{uuid4().hex}@example.com"
            case "field_key":
                return f"key{uuid4().hex}"
            case "invitation_token":
                body = {"email": await self.make("email", caller)}
                return str((await self.owner.ok("POST", "/members", body))["token"])
            case "taken_email":
                return str((await self._create("contact", MADE["contact"][1]))["email"])
            case _:
                return await self.target(name)

    async def fill(self, body: Any, caller: Member, target: str | None = None) -> Any:
        """The body with everything made that it names."""
        match body:
            case str() if body.startswith("$"):
                return await self.make(body[1:], caller, target)
            case dict():
                return {name: await self.fill(part, caller, target) for name, part in body.items()}
            case list():
                return [await self.fill(part, caller, target) for part in body]
            case _:
                return body

    async def target(self, state: str) -> str:
        """The id of something new in this state."""
        if state == "colleague":
            colleague = await self.server.member(
                int(self.owner.session.org.id), f"{uuid4().hex}@acme.example"
            )
            return colleague.session.user.id
        if state == "only_owner":
            return self.owner.session.user.id
        if state in ("suppression", "complaint"):
            return await self._suppressed(complaint=state == "complaint")
        if state == "earlier_version":
            return await self._earlier_version()
        if state == "account_in_use":
            return str((await self._row("sent_through"))["accountId"])
        if state == "signed_account":
            return str((await self._row("key"))["accountId"])
        row = await self._row(state)
        return str(row.get("id") or row["key"])

    async def _earlier_version(self) -> str:
        """What one person wrote before another one went on."""
        draft = await self.target("draft")
        await self.admin.ok("PATCH", f"/campaigns/{draft}", {"contentJson": DOCUMENT | {"subject": "Hi"}})
        listed = await self.owner.ok("GET", f"/versions?document={draft}")
        return str(listed["versions"][0]["id"])

    async def _suppressed(self, *, complaint: bool) -> str:
        """The hash of an address; nobody complains over the wire."""
        body = {"email": await self.make("email", self.owner)}
        row = (await self.owner.ok("POST", "/suppressions", body))["suppression"]
        if complaint:
            async with self.server.database.writer(int(self.owner.session.org.id)) as session:
                mine = Suppression.address_hash == row["hash"]
                await session.execute(update(Suppression).where(mine).values(reason=COMPLAINT))
        return str(row["hash"])

    async def _row(self, state: str) -> Any:
        if state in MADE:
            return await self._create(*MADE[state])
        before, verb, body = MOVED[state]
        row = await self._row(before)
        collection = "sequences" if "sequence" in state else "campaigns"
        answer = await self.owner.ok("POST", f"/{collection}/{row['id']}/{verb}", body)
        return next(iter(answer.values()))

    async def _create(self, kind: str, body: Any) -> Any:
        collection = COLLECTIONS.get(kind, f"{kind}s")
        answer = await self.owner.ok("POST", f"/{collection}", await self.fill(body, self.owner))
        return answer[kind]

    async def _show(self, target: str | None) -> Any:
        for collection in ("campaigns", "sequences"):
            answer = await self.owner.http.get(f"/{collection}/{target}")
            if answer.status_code == 200:
                return next(iter(answer.json().values()))
        raise LookupError(target)


def missing_id(state: str) -> str:
    """An id of the right form that nothing has."""
    return MISSING_ROW if state in ("contact", "account", "key", "colleague") else MISSING_DOCUMENT


async def another_organisation(server: Server) -> Member:
    """The owner of a new one."""
    return await server.sign_in(*await server.org("Other", f"{uuid4().hex}@other.example"))


async def a_world(server: Server) -> World:
    """Everyone signed in. Event streams end at once: this wire collects an answer before it shows it."""
    server.app.state.parts.pokes.close()
    org_id, user_id = await server.org("Acme", "olive@acme.example")
    owner = await server.sign_in(org_id, user_id)
    ended = await server.sign_in(org_id, user_id)
    await ended.ok("POST", "/auth/logout")
    claims = AccessClaims(user_id, org_id, new_document_id())
    tokens = server.app.state.auth._tokens
    now = server.clock.now()
    old = tokens.access(claims, now - timedelta(seconds=ACCESS_SECONDS))
    return World(
        server=server,
        owner=owner,
        admin=await server.member(org_id, "ann@acme.example", Role.ADMIN),
        member=await server.member(org_id, "mel@acme.example", Role.MEMBER),
        stranger=await another_organisation(server),
        refused={
            "anonymous": server.client(),
            "expired": server.client(old),
            "revoked": ended.http,
            "forged": server.client(owner.session.access_token[:-2] + "xx"),
            "refresh token": server.client(owner.session.refresh_token),
        },
    )
