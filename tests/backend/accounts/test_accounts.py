"""Sending accounts: managed by admins, and their passwords never come back."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.db.models.account import SendingAccount
from backend.db.models.quota import Quota, account_scope
from contract.roles import Role
from tests.backend.conftest import Member, Server

ACCOUNT = {
    "name": "Main",
    "host": "mail.acme.example",
    "port": 587,
    "username": "acme",
    "password": "the mail password",
    "fromEmail": "hello@acme.example",
}


async def test_the_password_is_kept_but_never_shown(owner: Member, server: Server) -> None:
    made = await owner.ok("POST", "/sending-accounts", ACCOUNT)
    listed = await owner.ok("GET", "/sending-accounts")
    assert listed["accounts"] == [made["account"]]
    assert "password" not in made["account"]
    async with server.database.reader(int(owner.session.org.id)) as session:
        sealed = await session.scalar(select(SendingAccount.password_sealed))
    assert "password" not in sealed
    assert server.app.state.parts.keys.unseal(sealed) == "the mail password"


async def test_roles_and_borders(server: Server, owner: Member, member: Member, stranger: Member) -> None:
    await member.refused(403, "forbidden", "POST", "/sending-accounts", ACCOUNT)
    admin = await server.member(int(owner.session.org.id), "ada@acme.example", Role.ADMIN)
    path = f"/sending-accounts/{(await admin.ok('POST', '/sending-accounts', ACCOUNT))['account']['id']}"
    assert len((await member.ok("GET", "/sending-accounts"))["accounts"]) == 1
    assert (await stranger.ok("GET", "/sending-accounts"))["accounts"] == []
    await stranger.refused(404, "not_found", "DELETE", path)
    await stranger.refused(404, "not_found", "POST", f"{path}/resume")
    await member.refused(403, "forbidden", "DELETE", path)
    assert await admin.ok("DELETE", path) == {}
    for wrong in (path, "/sending-accounts/x", f"/sending-accounts/{9**40}"):
        await admin.refused(404, "not_found", "DELETE", wrong)


async def test_a_paused_account_is_used_again(owner: Member, server: Server) -> None:
    made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
    async with server.database.writer(int(owner.session.org.id)) as session:
        scope = account_scope(int(made["id"]))
        session.add(Quota(scope=scope, rests_until=server.clock.now(), reason="535 wrong password"))
    assert (await owner.ok("GET", "/sending-accounts"))["accounts"][0]["pausedReason"] == "535 wrong password"
    resumed = await owner.ok("POST", f"/sending-accounts/{made['id']}/resume")
    assert resumed["account"]["pausedReason"] is None


class TestEdit:
    async def test_what_is_given_changes_and_the_password_stays(self, owner: Member, server: Server) -> None:
        made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        path = f"/sending-accounts/{made['id']}"
        edited = (await owner.ok("PATCH", path, {"rate": 5, "dailyCap": 200}))["account"]
        assert edited == made | {"rate": 5, "dailyCap": 200}
        assert await self.password(owner, server) == "the mail password"
        await owner.ok("PATCH", path, {"password": "another one"})
        assert await self.password(owner, server) == "another one"
        assert server.delivery.woken == 2, "what waited may go"

    async def password(self, owner: Member, server: Server) -> str | None:
        async with server.database.reader(int(owner.session.org.id)) as session:
            sealed = await session.scalar(select(SendingAccount.password_sealed))
        return server.app.state.parts.keys.unseal(str(sealed))

    async def test_it_is_tried_again(self, owner: Member, server: Server) -> None:
        made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        async with server.database.writer(int(owner.session.org.id)) as session:
            session.add(Quota(scope=account_scope(int(made["id"])), reason="535 wrong password"))
        edited = await owner.ok("PATCH", f"/sending-accounts/{made['id']}", {"password": "right"})
        assert edited["account"]["pausedReason"] is None


async def test_trying_it_says_what_is_wrong(owner: Member, server: Server) -> None:
    made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
    path = f"/sending-accounts/{made['id']}/test"
    assert await owner.ok("POST", path) == {
        "works": False,
        "reason": "mail.acme.example:587 cannot be used",
    }
    server.delivery.servers.add("mail.acme.example")
    assert await owner.ok("POST", path) == {"works": True, "reason": None}


@pytest.mark.parametrize(
    ("name", "value"), [("port", 0), ("tls", "ssl3"), ("lanes", 99), ("rate", -1), ("host", "")]
)
async def test_a_fault_is_named_and_the_password_is_not_echoed(owner: Member, name: str, value: Any) -> None:
    answer = await owner.http.post("/sending-accounts", json={**ACCOUNT, name: value})
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [name]
    assert "the mail password" not in answer.text
