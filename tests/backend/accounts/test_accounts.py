"""Sending accounts: managed by admins, and their passwords never come back."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.db.epoch import EPOCH
from backend.db.models.account import SendingAccount
from backend.db.models.quota import Quota, account_scope
from contract.roles import Role
from contract.transitions import CampaignStatus
from contract.wire import format_timestamp
from tests.backend.campaigns.test_sending import in_status
from tests.backend.conftest import Member, Server, document

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


class TestPausedByHand:
    async def test_it_says_who_and_why_until_it_is_resumed(self, owner: Member, server: Server) -> None:
        path = f"/sending-accounts/{(await owner.ok('POST', '/sending-accounts', ACCOUNT))['account']['id']}"
        paused = (await owner.ok("POST", f"{path}/pause", {"reason": "the contract ended"}))["account"]
        assert (paused["state"], paused["pausedReason"]) == (
            "paused",
            "by olive@acme.example: the contract ended",
        )
        assert (await owner.ok("POST", f"{path}/pause", {}))["account"] == paused, "the first word stands"
        edited = (await owner.ok("PATCH", path, {"rate": 5}))["account"]
        assert edited["state"] == "paused", "mending it is not resuming it"
        resumed = (await owner.ok("POST", f"{path}/resume"))["account"]
        assert (resumed["state"], resumed["pausedReason"]) == ("ready", None)
        assert server.delivery.woken == 3

    async def test_it_is_noted_in_the_log(self, owner: Member) -> None:
        made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        await owner.ok("POST", f"/sending-accounts/{made['id']}/pause", {})
        log = await owner.ok("GET", "/audit", params={"target": f"account/{made['id']}"})
        assert [entry["action"] for entry in log["entries"]] == [
            "sending account paused",
            "sending account created",
        ]


async def test_a_resting_account_says_until_when_and_what_it_used_today(
    owner: Member, server: Server
) -> None:
    made = (await owner.ok("POST", "/sending-accounts", {**ACCOUNT, "dailyCap": 200}))["account"]
    now = server.clock.now()
    scope, today = account_scope(int(made["id"])), (now - EPOCH).days
    async with server.database.writer(int(owner.session.org.id)) as session:
        session.add(Quota(scope=scope, day=today, used=150, rests_until=now, reason="421 slow down"))
    (shown,) = (await owner.ok("GET", "/sending-accounts"))["accounts"]
    assert (shown["state"], shown["usedToday"], shown["pausedReason"]) == ("resting", 150, "421 slow down")
    assert shown["restsUntil"] == format_timestamp(now)
    async with server.database.writer(int(owner.session.org.id)) as session:
        quota = (await session.scalars(select(Quota).where(Quota.scope == scope))).one()
        quota.day = today - 1
    (shown,) = (await owner.ok("GET", "/sending-accounts"))["accounts"]
    assert shown["usedToday"] == 0, "yesterday's mails"


class TestDefault:
    async def test_the_oldest_until_another_one_is_chosen(self, owner: Member) -> None:
        first = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        second = (await owner.ok("POST", "/sending-accounts", {**ACCOUNT, "name": "Other"}))["account"]
        assert (first["isDefault"], second["isDefault"]) == (True, False)
        for chosen in (second, first, second):
            await owner.ok("POST", f"/sending-accounts/{chosen['id']}/default")
            listed = (await owner.ok("GET", "/sending-accounts"))["accounts"]
            assert [account["id"] for account in listed if account["isDefault"]] == [chosen["id"]]

    async def test_what_is_on_its_way_keeps_the_one_it_began_with(
        self, owner: Member, server: Server
    ) -> None:
        first = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        second = (await owner.ok("POST", "/sending-accounts", {**ACCOUNT, "name": "Other"}))["account"]
        running = await in_status(server, owner, CampaignStatus.SENDING)
        draft = await in_status(server, owner, CampaignStatus.DRAFT)
        await owner.ok("POST", f"/sending-accounts/{second['id']}/default")
        kept = (await owner.ok("GET", f"/campaigns/{running['id']}"))["campaign"]
        assert kept["accountId"] == first["id"]
        assert kept["updatedAt"] != running["updatedAt"], "the others must hear of it"
        assert (await owner.ok("GET", f"/campaigns/{draft['id']}"))["campaign"] == draft


class TestInUse:
    @pytest.mark.parametrize("status", ["SCHEDULED", "SENDING", "PAUSED"])
    async def test_it_cannot_vanish_under_a_campaign(
        self, owner: Member, server: Server, status: str
    ) -> None:
        await owner.ok("POST", "/sending-accounts", ACCOUNT)
        made = (await owner.ok("POST", "/sending-accounts", {**ACCOUNT, "name": "Other"}))["account"]
        campaign = await in_status(server, owner, CampaignStatus(status), accountId=made["id"])
        path = f"/sending-accounts/{made['id']}"
        problem = await owner.refused(409, "conflict", "DELETE", path)
        assert "“A” is on its way through this account" in problem["detail"]
        await owner.ok("POST", f"/campaigns/{campaign['id']}/cancel")
        assert await owner.ok("DELETE", path) == {}

    async def test_nor_under_a_sequence_that_was_published_with_it(self, owner: Member) -> None:
        made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        segment = (await owner.ok("POST", "/segments", {"name": "S", "dslJson": {"all": []}}))["segment"]
        draft = {"name": "Welcome", "segmentId": segment["id"], "settings": {"accountId": made["id"]}}
        steps = [{"delayHours": 0, "contentJson": document()}]
        sequence = (await owner.ok("POST", "/sequences", draft | {"steps": steps}))["sequence"]
        path = f"/sequences/{sequence['id']}"
        await owner.ok("POST", f"{path}/activate", {})
        account = f"/sending-accounts/{made['id']}"
        problem = await owner.refused(409, "conflict", "DELETE", account)
        assert "“Welcome” sends through this account" in problem["detail"]
        await owner.ok("PATCH", path, {"settings": {}})
        await owner.refused(409, "conflict", "DELETE", account)
        await owner.ok("POST", f"{path}/activate", {})
        assert await owner.ok("DELETE", account) == {}

    async def test_nor_the_default_under_one_that_chose_none(self, owner: Member, server: Server) -> None:
        made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        await in_status(server, owner, CampaignStatus.SENDING)
        await owner.refused(409, "conflict", "DELETE", f"/sending-accounts/{made['id']}")

    async def test_a_draft_that_chose_it_is_not_sent_through_another(
        self, owner: Member, server: Server
    ) -> None:
        await owner.ok("POST", "/sending-accounts", ACCOUNT)
        made = (await owner.ok("POST", "/sending-accounts", {**ACCOUNT, "name": "Other"}))["account"]
        draft = await in_status(server, owner, CampaignStatus.DRAFT, accountId=made["id"])
        await owner.ok("DELETE", f"/sending-accounts/{made['id']}")
        problem = await owner.refused(409, "not_ready", "POST", f"/campaigns/{draft['id']}/send", {})
        assert "account chosen for it is gone" in problem["detail"]
        await owner.ok("PATCH", f"/campaigns/{draft['id']}", {"accountId": None})
        await owner.ok("POST", f"/campaigns/{draft['id']}/send", {})


async def test_a_campaign_on_its_way_changes_its_account_only_while_it_is_paused(
    owner: Member, server: Server
) -> None:
    made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
    running = await in_status(server, owner, CampaignStatus.SENDING)
    path, body = f"/campaigns/{running['id']}", {"accountId": made["id"]}
    await owner.refused(409, "locked", "PATCH", path, body)
    await owner.ok("POST", f"{path}/pause")
    assert (await owner.ok("PATCH", path, body))["campaign"]["accountId"] == made["id"]
    await owner.refused(400, "invalid", "PATCH", path, {"accountId": str(2**63)})


async def test_who_may_not_send_chooses_no_sender_for_what_is_scheduled(
    owner: Member, member: Member, server: Server
) -> None:
    made = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
    campaign = await in_status(server, owner, CampaignStatus.SCHEDULED)
    await owner.ok("PATCH", "/org", {"membersMaySend": False})
    path, body = f"/campaigns/{campaign['id']}", {"accountId": made["id"]}
    await member.refused(403, "forbidden", "PATCH", path, body)
    await owner.ok("PATCH", path, body)
