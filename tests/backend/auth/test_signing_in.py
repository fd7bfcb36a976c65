"""Signing in, staying signed in, and being signed out."""

from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, select

from backend.auth.throttle import PER_ACCOUNT
from backend.db.models.ledger import AuditEntry
from backend.db.models.org import OrgUser, TokenFamily
from contract.roles import Role
from tests.backend.conftest import PASSWORD, Member, Server


async def login(
    server: Server, email: str = "olive@acme.example", password: str = PASSWORD, **more: Any
) -> httpx.Response:
    return await server.client().post("/auth/login", json={"email": email, "password": password, **more})


async def refresh(server: Server, token: str) -> httpx.Response:
    return await server.client().post("/auth/refresh", json={"refreshToken": token})


async def me(server: Server, session: dict[str, Any]) -> httpx.Response:
    return await server.client(session["accessToken"]).get("/me")


async def audit(server: Server, org_id: str) -> list[str]:
    async with server.database.reader(int(org_id)) as session:
        return list(await session.scalars(select(AuditEntry.action).order_by(AuditEntry.at, AuditEntry.id)))


class TestLogin:
    async def test_it_says_who_one_is(self, server: Server, owner: Member) -> None:
        answer = await login(server, "Olive@ACME.example ")
        session = answer.json()
        assert (session["role"], session["org"]["name"], session["expiresIn"]) == ("OWNER", "Acme", 900)
        shown = (await me(server, session)).json()
        assert shown["user"] == {"id": owner.session.user.id, "email": "olive@acme.example"}
        assert shown["orgs"] == [{"id": owner.session.org.id, "name": "Acme"}]

    async def test_unknown_user_and_wrong_password_look_the_same(self, server: Server, owner: Member) -> None:
        wrong = await login(server, password="not this one")
        unknown = await login(server, email="nobody@acme.example")
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()
        assert "not this one" not in wrong.text

    async def test_a_failure_is_on_record(self, server: Server, owner: Member) -> None:
        await login(server, password="not this one")
        assert "login failed" in await audit(server, owner.session.org.id)

    async def test_guessing_is_slowed_down_for_the_account_and_ends(
        self, server: Server, owner: Member
    ) -> None:
        for _ in range(PER_ACCOUNT):
            assert (await login(server, password="guess")).status_code == 401
        throttled = await login(server)
        assert throttled.status_code == 429
        assert int(throttled.headers["retry-after"]) == 15 * 60
        await server.clock.advance(15 * 60)
        assert (await login(server)).status_code == 200

    async def test_choosing_an_organisation(self, server: Server, owner: Member, stranger: Member) -> None:
        both = await server.member(int(stranger.session.org.id), "olive@acme.example", Role.ADMIN)
        chosen = (await login(server, orgId=stranger.session.org.id)).json()
        assert (chosen["org"]["name"], chosen["role"]) == ("Other", "ADMIN")
        assert (await login(server, orgId="999")).status_code == 401
        here = await both.ok("POST", "/auth/switch", {"orgId": owner.session.org.id})
        assert (here["org"]["name"], here["role"]) == ("Acme", "OWNER")
        await stranger.refused(403, "forbidden", "POST", "/auth/switch", {"orgId": owner.session.org.id})


class TestAccess:
    async def test_it_ends_after_fifteen_minutes(self, server: Server, owner: Member) -> None:
        await server.clock.advance(899)
        await owner.ok("GET", "/me")
        await server.clock.advance(1)
        await owner.refused(401, "unauthenticated", "GET", "/me")

    async def test_a_token_of_another_key_or_kind(self, server: Server, owner: Member) -> None:
        forged = owner.session.access_token[:-4] + "AAAA"
        for token in (forged, owner.session.refresh_token, "x", ""):
            answer = await server.client(token).get("/campaigns")
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")

    async def test_who_is_no_member_any_more_is_out_at_once(self, server: Server, member: Member) -> None:
        org_id, user_id = int(member.session.org.id), int(member.session.user.id)
        await member.ok("POST", "/auth/logout")
        again = await server.sign_in(org_id, user_id)
        await again.ok("GET", "/campaigns")
        async with server.database.writer(org_id) as session:
            await session.execute(delete(TokenFamily).where(TokenFamily.user_id == user_id))
            await session.execute(delete(OrgUser).where(OrgUser.user_id == user_id))
        await again.refused(401, "unauthenticated", "GET", "/campaigns")


class TestRefresh:
    async def test_each_token_leads_to_the_next(self, server: Server, owner: Member) -> None:
        first = (await refresh(server, owner.session.refresh_token)).json()
        second = (await refresh(server, first["refreshToken"])).json()
        assert len({owner.session.refresh_token, first["refreshToken"], second["refreshToken"]}) == 3
        assert (await me(server, second)).status_code == 200

    async def test_a_lost_answer_signs_nobody_out(self, server: Server, owner: Member) -> None:
        lost = (await refresh(server, owner.session.refresh_token)).json()
        await server.clock.advance(60)
        again = (await refresh(server, owner.session.refresh_token)).json()
        assert again["refreshToken"] == lost["refreshToken"]
        assert (await refresh(server, again["refreshToken"])).status_code == 200

    async def test_later_reuse_ends_the_family(self, server: Server, owner: Member) -> None:
        kept = (await refresh(server, owner.session.refresh_token)).json()
        await server.clock.advance(61)
        assert (await refresh(server, owner.session.refresh_token)).status_code == 401
        assert (await refresh(server, kept["refreshToken"])).status_code == 401
        assert (await me(server, kept)).status_code == 401
        assert "refresh token reused" in await audit(server, owner.session.org.id)

    async def test_it_ends_after_two_months(self, server: Server, owner: Member) -> None:
        await server.clock.advance(60 * 86400)
        assert (await refresh(server, owner.session.refresh_token)).status_code == 401

    async def test_an_access_token_does_not_refresh(self, server: Server, owner: Member) -> None:
        assert (await refresh(server, owner.session.access_token)).status_code == 401


class TestLogout:
    async def test_it_ends_all_that_came_from_this_sign_in(self, server: Server, owner: Member) -> None:
        other = (await login(server)).json()
        assert await owner.ok("POST", "/auth/logout") == {}
        await owner.refused(401, "unauthenticated", "GET", "/campaigns")
        assert (await refresh(server, owner.session.refresh_token)).status_code == 401
        assert (await me(server, other)).status_code == 200


class TestBootstrap:
    async def test_the_launchers_token_is_the_first_owner(
        self, server: Server, owner: Member, tmp_path: Path
    ) -> None:
        (tmp_path / "bootstrap-token").write_text("launcher's token\n")
        client = server.client()
        session = (await client.post("/auth/bootstrap", json={"token": "launcher's token"})).json()
        assert (session["role"], session["user"]["email"]) == ("OWNER", "olive@acme.example")
        assert (await client.post("/auth/bootstrap", json={"token": "x"})).status_code == 401

    async def test_without_a_file_there_is_no_way_in(self, server: Server, owner: Member) -> None:
        for token in ("", " ", "x"):
            assert (await server.client().post("/auth/bootstrap", json={"token": token})).status_code == 401


class TestChangingThePassword:
    NEW = "staple of the bakery"

    async def change(self, member: Member, password: str, new: str = NEW) -> httpx.Response:
        return await member.http.post("/auth/password", json={"password": password, "newPassword": new})

    async def test_the_new_one_opens_and_the_old_one_does_not(self, server: Server, owner: Member) -> None:
        assert (await self.change(owner, PASSWORD)).status_code == 200
        assert (await login(server)).status_code == 401
        assert (await login(server, password=self.NEW)).status_code == 200
        assert "password changed" in await audit(server, owner.session.org.id)

    async def test_whoever_else_is_signed_in_with_it_is_out(self, server: Server, owner: Member) -> None:
        other = (await login(server)).json()
        assert (await self.change(owner, PASSWORD)).status_code == 200
        assert (await me(server, other)).status_code == 401
        assert (await refresh(server, other["refreshToken"])).status_code == 401
        assert (await owner.http.get("/me")).status_code == 200

    async def test_in_every_organisation_of_the_user(self, server: Server, owner: Member) -> None:
        elsewhere = await server.sign_in(*await server.org("Other", "olive@acme.example"))
        assert (await self.change(owner, PASSWORD)).status_code == 200
        assert (await elsewhere.http.get("/me")).status_code == 401

    async def test_it_takes_the_present_one(self, server: Server, owner: Member) -> None:
        await owner.refused(
            403, "forbidden", "POST", "/auth/password", {"password": "a guess", "newPassword": self.NEW}
        )
        assert (await login(server)).status_code == 200

    async def test_guessing_it_is_slowed_down(self, owner: Member) -> None:
        for _ in range(PER_ACCOUNT):
            assert (await self.change(owner, "a guess")).status_code == 403
        assert (await self.change(owner, PASSWORD)).status_code == 429

    async def test_a_short_one_is_refused(self, owner: Member) -> None:
        answer = await self.change(owner, PASSWORD, "short")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "newPassword"
