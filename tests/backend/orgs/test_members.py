"""A team: people are invited, join, change roles and leave, and there is always an owner."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from backend.db.models.ledger import AuditEntry
from contract.auth import Session
from contract.roles import Role
from tests.backend.conftest import PASSWORD, Member, Server

NEW = "a password of her own"


async def invited(by: Member, email: str = "ann@acme.example", role: str = "MEMBER") -> str:
    token: str = (await by.ok("POST", "/members", {"email": email, "role": role}))["token"]
    return token


async def accept(server: Server, token: str, password: str = NEW) -> httpx.Response:
    body = {"token": token, "password": password}
    return await server.client().post("/auth/accept-invitation", json=body)


async def joined(server: Server, by: Member, email: str = "ann@acme.example", role: str = "MEMBER") -> Member:
    answer = await accept(server, await invited(by, email, role))
    assert answer.status_code == 200, answer.text
    session = Session.model_validate(answer.json())
    return Member(server.client(session.access_token), session)


async def roles(member: Member) -> dict[str, str]:
    return {row["email"]: row["role"] for row in (await member.ok("GET", "/members"))["members"]}


class TestInviting:
    async def test_a_stranger_joins_and_signs_in_with_her_own_password(
        self, server: Server, owner: Member
    ) -> None:
        token = await invited(owner, "Ann@Acme.example")
        (waiting,) = (await owner.ok("GET", "/members"))["invitations"]
        assert (waiting["email"], waiting["role"]) == ("ann@acme.example", "MEMBER")
        answer = await accept(server, token)
        assert (answer.json()["role"], answer.json()["org"]["name"]) == ("MEMBER", "Acme")
        assert (await owner.ok("GET", "/members"))["invitations"] == []
        assert await roles(owner) == {"ann@acme.example": "MEMBER", "olive@acme.example": "OWNER"}
        login = {"email": "ann@acme.example", "password": NEW}
        assert (await server.client().post("/auth/login", json=login)).status_code == 200

    async def test_a_token_is_good_once(self, server: Server, owner: Member) -> None:
        token = await invited(owner)
        assert (await accept(server, token)).status_code == 200
        assert (await accept(server, token)).status_code == 401

    async def test_a_token_ends(self, server: Server, owner: Member) -> None:
        token = await invited(owner)
        await server.clock.advance(timedelta(days=7).total_seconds() + 1)
        assert (await accept(server, token)).status_code == 401
        fresh = await server.sign_in(int(owner.session.org.id), int(owner.session.user.id))
        assert (await fresh.ok("GET", "/members"))["invitations"] == []

    async def test_a_later_invitation_replaces_the_earlier(self, server: Server, owner: Member) -> None:
        first, second = await invited(owner), await invited(owner, role="ADMIN")
        assert (await accept(server, first)).status_code == 401
        assert (await accept(server, second)).json()["role"] == "ADMIN"

    async def test_one_that_was_taken_back_is_worth_nothing(self, server: Server, owner: Member) -> None:
        made = await owner.ok("POST", "/members", {"email": "ann@acme.example"})
        await owner.ok("DELETE", f"/members/invitations/{made['invitation']['id']}")
        assert (await accept(server, made["token"])).status_code == 401
        await owner.refused(404, "not_found", "DELETE", f"/members/invitations/{made['invitation']['id']}")

    @pytest.mark.parametrize("token", ["", "x", "a.b.c"])
    async def test_a_forged_token(self, server: Server, owner: Member, token: str) -> None:
        assert (await accept(server, token)).status_code == 401

    async def test_other_tokens_are_no_invitations(self, server: Server, owner: Member) -> None:
        for other in (owner.session.access_token, owner.session.refresh_token):
            assert (await accept(server, other)).status_code == 401
        token = await invited(owner)
        headers = {"Authorization": f"Bearer {token}"}
        assert (await server.client().get("/me", headers=headers)).status_code == 401

    async def test_an_account_that_exists_is_not_opened_by_an_invitation(
        self, server: Server, owner: Member, stranger: Member
    ) -> None:
        token = await invited(owner, "otto@other.example")
        assert (await accept(server, token, "a password of the inviter")).status_code == 401
        joined = await accept(server, token, PASSWORD)
        assert (joined.status_code, joined.json()["org"]["name"]) == (200, "Acme")
        assert joined.json()["user"]["id"] == stranger.session.user.id
        me = await stranger.ok("GET", "/me")
        assert {org["name"] for org in me["orgs"]} == {"Acme", "Other"}

    async def test_guessing_that_password_is_throttled(
        self, server: Server, owner: Member, stranger: Member
    ) -> None:
        token = await invited(owner, "otto@other.example")
        answers = [(await accept(server, token, f"a wrong guess {n}")).status_code for n in range(11)]
        assert answers == [401] * 10 + [429]

    async def test_what_cannot_be_invited(self, owner: Member, member: Member) -> None:
        problem = await owner.refused(400, "invalid", "POST", "/members", {"email": "not an address"})
        assert problem["errors"][0]["path"] == "email"
        await owner.refused(400, "invalid", "POST", "/members", {"email": "a@b.example", "role": "GOD"})
        await owner.refused(409, "conflict", "POST", "/members", {"email": "MEL@acme.example"})
        await member.refused(403, "forbidden", "POST", "/members", {"email": "ann@acme.example"})

    async def test_a_short_password_is_refused_and_not_repeated(self, server: Server, owner: Member) -> None:
        answer = await accept(server, await invited(owner), "tooshort")
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "password")
        assert "tooshort" not in answer.text


class TestRoles:
    async def test_a_new_role_holds_from_the_next_request_on(self, server: Server, owner: Member) -> None:
        ann = await joined(server, owner)
        await ann.refused(403, "forbidden", "POST", "/members", {"email": "ben@acme.example"})
        await owner.ok("PATCH", f"/members/{ann.session.user.id}", {"role": "ADMIN"})
        await ann.ok("POST", "/members", {"email": "ben@acme.example"})

    async def test_admins_manage_everyone_but_owners(self, server: Server, owner: Member) -> None:
        admin = await joined(server, owner, "ada@acme.example", "ADMIN")
        mel = await joined(server, admin, "mel@acme.example")
        await admin.refused(403, "forbidden", "PATCH", f"/members/{mel.session.user.id}", {"role": "OWNER"})
        await admin.refused(
            403, "forbidden", "POST", "/members", {"email": "x@acme.example", "role": "OWNER"}
        )
        olive = f"/members/{owner.session.user.id}"
        await admin.refused(403, "forbidden", "PATCH", olive, {"role": "MEMBER"})
        await admin.refused(403, "forbidden", "DELETE", olive)
        await admin.ok("PATCH", f"/members/{mel.session.user.id}", {"role": "ADMIN"})
        await admin.ok("DELETE", f"/members/{mel.session.user.id}")

    async def test_there_is_always_an_owner(self, server: Server, owner: Member) -> None:
        olive = f"/members/{owner.session.user.id}"
        await owner.refused(409, "conflict", "PATCH", olive, {"role": "MEMBER"})
        await owner.refused(409, "conflict", "DELETE", olive)
        second = await joined(server, owner, role="OWNER")
        await second.ok("DELETE", olive)
        assert await roles(second) == {"ann@acme.example": "OWNER"}


class TestRemoving:
    async def test_sessions_end_at_once(self, server: Server, owner: Member) -> None:
        ann = await joined(server, owner)
        await owner.ok("DELETE", f"/members/{ann.session.user.id}")
        await ann.refused(401, "unauthenticated", "GET", "/campaigns")
        await ann.refused(401, "unauthenticated", "GET", "/me")
        renewed = await server.client().post(
            "/auth/refresh", json={"refreshToken": ann.session.refresh_token}
        )
        assert renewed.status_code == 401

    async def test_other_organisations_of_the_same_person_stay(
        self, server: Server, owner: Member, stranger: Member
    ) -> None:
        answer = await accept(server, await invited(owner, "otto@other.example"), PASSWORD)
        await owner.ok("DELETE", f"/members/{answer.json()['user']['id']}")
        assert (await stranger.ok("GET", "/me"))["org"]["name"] == "Other"

    async def test_members_of_others_cannot_be_told_from_nobody(
        self, owner: Member, stranger: Member
    ) -> None:
        for user_id in (owner.session.user.id, "999999", "x", "9" * 30):
            path = f"/members/{user_id}"
            await stranger.refused(404, "not_found", "DELETE", path)
            await stranger.refused(404, "not_found", "PATCH", path, {"role": "ADMIN"})
        assert list(await roles(stranger)) == ["otto@other.example"]


async def test_what_happened_is_in_the_audit_log_without_a_token(server: Server, owner: Member) -> None:
    token = await invited(owner)
    ann = Session.model_validate((await accept(server, token)).json())
    await owner.ok("PATCH", f"/members/{ann.user.id}", {"role": "ADMIN"})
    await owner.ok("DELETE", f"/members/{ann.user.id}")
    async with server.database.reader(int(owner.session.org.id)) as session:
        kept = list(await session.scalars(select(AuditEntry)))
    actions = {entry.action for entry in kept}
    assert {"member invited", "invitation accepted", "member role changed", "member removed"} <= actions
    assert token not in str([vars(entry) for entry in kept])


async def test_the_organisation(server: Server, owner: Member, member: Member, stranger: Member) -> None:
    org = owner.session.org.id
    shown = (await member.ok("GET", "/org"))["org"]
    rules = {"membersMaySend": True, "needsApproval": False, "trackOpens": False, "trackClicks": False}
    rules |= {"publicUrl": None, "timeZone": ""}
    frequency = {"frequencyMails": 0, "frequencyDays": 7}
    assert shown == {"id": org, "name": "Acme", "dailyCap": 0, **rules, **frequency}
    await member.refused(403, "forbidden", "PATCH", "/org", {"name": "Mine"})
    admin = await server.member(int(org), "ada@acme.example", Role.ADMIN)
    await admin.refused(403, "forbidden", "PATCH", "/org", {"membersMaySend": False})
    changed: dict[str, Any] = await owner.ok("PATCH", "/org", {"name": "Acme AG", "membersMaySend": False})
    assert changed["org"] == shown | {"name": "Acme AG", "membersMaySend": False}
    assert (await member.ok("GET", "/org"))["org"] == changed["org"]
    assert (await owner.ok("PATCH", "/org", {}))["org"] == changed["org"]
    assert (await stranger.ok("GET", "/org"))["org"]["name"] == "Other"
    capped = (await owner.ok("PATCH", "/org", {"dailyCap": 500}))["org"]
    assert (await member.ok("GET", "/org"))["org"] == capped == changed["org"] | {"dailyCap": 500}
    assert server.delivery.woken == 3, "what waited under the old cap may go"
    await owner.refused(400, "invalid", "PATCH", "/org", {"dailyCap": -1})
    await owner.refused(400, "invalid", "PATCH", "/org", {"name": ""})


async def test_its_time_zone_is_one_or_none(owner: Member, member: Member) -> None:
    for name in ("Europe/Berlin", "UTC", ""):
        changed = (await owner.ok("PATCH", "/org", {"timeZone": name}))["org"]
        assert changed["timeZone"] == name
        assert (await member.ok("GET", "/org"))["org"] == changed
    await member.refused(403, "forbidden", "PATCH", "/org", {"timeZone": "UTC"})
    for name in ("Mars/Olympus", "Europe", "../UTC", "CEST+2"):
        problem = await owner.refused(400, "invalid", "PATCH", "/org", {"timeZone": name, "dailyCap": 7})
        assert problem["errors"] == [{"path": "timeZone", "message": "expected a name such as Europe/Berlin"}]
    assert (await owner.ok("GET", "/org"))["org"]["dailyCap"] == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"dailyCap": True}, "expected a number"),
        ({"dailyCap": "7"}, "expected a number"),
        ({"frequencyDays": False}, "expected a number"),
        ({"needsApproval": "yes"}, "expected true or false"),
        ({"needsApproval": 1}, "expected true or false"),
    ],
)
async def test_a_slip_is_not_read_as_another_type(owner: Member, value: dict[str, Any], words: str) -> None:
    """`true` was a cap of one mail a day."""
    problem = await owner.refused(400, "invalid", "PATCH", "/org", value)
    assert (problem["errors"][0]["path"], problem["errors"][0]["message"]) == (*value, words)
