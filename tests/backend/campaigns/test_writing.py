"""Creating, reading and saving campaigns."""

import asyncio
from typing import Any

import httpx

from contract.ids import new_document_id
from tests.backend.conftest import Member, Server, document


async def draft(member: Member, name: str = "Spring", **more: Any) -> dict[str, Any]:
    body = {"name": name, "contentJson": document(), **more}
    return (await member.ok("POST", "/campaigns", body))["campaign"]


class TestCreate:
    async def test_it_can_be_read_back(self, owner: Member) -> None:
        made = await draft(owner)
        assert (made["name"], made["status"]) == ("Spring", "DRAFT")
        assert made["orgId"] == owner.session.org.id
        assert (await owner.ok("GET", f"/campaigns/{made['id']}"))["campaign"] == made

    async def test_members_may_and_strangers_see_nothing(self, member: Member, stranger: Member) -> None:
        made = await draft(member)
        missing = await stranger.refused(404, "not_found", "GET", f"/campaigns/{new_document_id()}")
        assert await stranger.refused(404, "not_found", "GET", f"/campaigns/{made['id']}") == missing
        assert (await stranger.ok("GET", "/campaigns"))["campaigns"] == []

    async def test_without_a_token(self, anonymous: httpx.AsyncClient) -> None:
        answer = await anonymous.post("/campaigns", json={})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")

    async def test_a_client_may_bring_its_id_once(self, owner: Member) -> None:
        made = await draft(owner, id=new_document_id())
        body = {"id": made["id"], "name": "Again", "contentJson": document()}
        await owner.refused(409, "id_taken", "POST", "/campaigns", body)

    async def test_two_organisations_may_have_the_same_id(self, owner: Member, stranger: Member) -> None:
        wanted = new_document_id()
        await draft(owner, "Ours", id=wanted)
        await draft(stranger, "Theirs", id=wanted)
        assert (await owner.ok("GET", f"/campaigns/{wanted}"))["campaign"]["name"] == "Ours"

    async def test_an_error_names_its_place_in_the_sent_json(self, owner: Member) -> None:
        content = document()
        content["blocks"].append({"id": "b3", "type": "button", "href": 7})
        body = {"name": "A", "contentJson": content}
        problem = await owner.refused(400, "invalid", "POST", "/campaigns", body)
        assert [error["path"] for error in problem["errors"]] == ["contentJson.blocks.2.href"]

    async def test_a_body_that_names_an_organisation_is_refused(self, owner: Member) -> None:
        body = {"name": "A", "contentJson": document(), "orgId": "1"}
        problem = await owner.refused(400, "invalid", "POST", "/campaigns", body)
        assert [error["path"] for error in problem["errors"]] == ["orgId"]

    async def test_a_block_this_server_could_not_send_is_refused(self, owner: Member) -> None:
        content = document()
        content["blocks"].insert(1, {"id": "new1", "type": "carousel"})
        problem = await owner.refused(
            400, "invalid", "POST", "/campaigns", {"name": "Spring", "contentJson": content}
        )
        assert problem["errors"] == [
            {"path": "contentJson", "message": "block 2 is of a type that is not known here"}
        ]

    async def test_nested_blocks_come_back_as_they_were(self, owner: Member) -> None:
        content = document()
        leaf = {"id": "leaf", "type": "quote", "text": "Good tea", "showIf": {"field": "name", "op": "isSet"}}
        content["blocks"].insert(1, {"id": "cols", "type": "columns", "cells": [[leaf], []]})
        made = await draft(owner, contentJson=content)
        stored = made["contentJson"]["blocks"][1]["cells"][0][0]
        assert (stored["id"], stored["text"]) == ("leaf", "Good tea")
        assert stored["showIf"] == {"field": "name", "op": "isSet", "value": True}

    async def test_a_nul_character_is_refused(self, owner: Member) -> None:
        await owner.refused(400, "invalid", "POST", "/campaigns", {"name": "a\0b", "contentJson": document()})
        made = await draft(owner, "a\\u0000b")
        assert made["name"] == "a\\u0000b"


class TestSave:
    async def test_only_what_is_sent_changes(self, owner: Member) -> None:
        made = await draft(owner, sendAt="2026-05-01T08:00:00+02:00")
        body = {"updatedAt": made["updatedAt"], "name": "New"}
        saved = (await owner.ok("POST", f"/campaigns/{made['id']}", body))["campaign"]
        assert (saved["name"], saved["sendAt"]) == ("New", "2026-05-01T06:00:00.000000Z")
        assert saved["updatedAt"] > made["updatedAt"]
        cleared = {"updatedAt": saved["updatedAt"], "sendAt": None}
        assert (await owner.ok("POST", f"/campaigns/{made['id']}", cleared))["campaign"]["sendAt"] is None

    async def test_one_of_many_at_the_same_moment_wins(self, owner: Member) -> None:
        made = await draft(owner)
        saves = [
            owner.http.post(
                f"/campaigns/{made['id']}", json={"updatedAt": made["updatedAt"], "name": f"n{i}"}
            )
            for i in range(12)
        ]
        answers = await asyncio.gather(*saves)
        assert sorted(a.status_code for a in answers) == [200] + [409] * 11
        winner = next(a.json()["campaign"] for a in answers if a.status_code == 200)
        for answer in answers:
            if answer.status_code == 409:
                assert (answer.json()["code"], answer.json()["current"]) == ("stale_write", winner)

    async def test_versions_grow_though_the_clock_stands_still(self, owner: Member) -> None:
        made = await draft(owner)
        versions = [made["updatedAt"]]
        for name in ("a", "b", "c"):
            body = {"updatedAt": versions[-1], "name": name}
            saved = (await owner.ok("POST", f"/campaigns/{made['id']}", body))["campaign"]
            versions.append(saved["updatedAt"])
        assert versions == sorted(set(versions))

    async def test_it_needs_a_version_and_takes_no_status(self, owner: Member) -> None:
        made = await draft(owner)
        path = f"/campaigns/{made['id']}"
        await owner.refused(400, "invalid", "POST", path, {"name": "x"})
        body = {"updatedAt": made["updatedAt"], "status": "SCHEDULED"}
        await owner.refused(400, "invalid", "POST", path, body)

    async def test_name_and_content_cannot_be_emptied(self, owner: Member) -> None:
        made = await draft(owner)
        for name in ("name", "contentJson"):
            body = {"updatedAt": made["updatedAt"], name: None}
            problem = await owner.refused(400, "invalid", "POST", f"/campaigns/{made['id']}", body)
            assert problem["errors"][0]["path"] == name

    async def test_a_patch_without_a_version_is_unconditional(self, owner: Member) -> None:
        made = await draft(owner)
        for name in ("one", "two"):
            saved = await owner.ok("PATCH", f"/campaigns/{made['id']}", {"name": name})
            assert saved["campaign"]["name"] == name

    async def test_strangers_cannot_save(self, owner: Member, stranger: Member) -> None:
        made = await draft(owner)
        body = {"updatedAt": made["updatedAt"], "name": "Stolen"}
        await stranger.refused(404, "not_found", "POST", f"/campaigns/{made['id']}", body)
        await stranger.refused(404, "not_found", "PATCH", f"/campaigns/{made['id']}", {"name": "Stolen"})
        assert (await owner.ok("GET", f"/campaigns/{made['id']}"))["campaign"] == made


class TestList:
    async def test_pages_newest_change_first(self, owner: Member, server: Server) -> None:
        names = [f"c{i}" for i in range(7)]
        for name in names:
            await draft(owner, name)
            await server.clock.advance(1)
        seen, cursor = [], None
        while True:
            path = f"/campaigns?limit=3{f'&cursor={cursor}' if cursor else ''}"
            page = await owner.ok("GET", path)
            seen += [campaign["name"] for campaign in page["campaigns"]]
            cursor = page["nextCursor"]
            if cursor is None:
                break
        assert seen == names[::-1]

    async def test_a_page_is_left_backwards_with_its_own_cursor(self, owner: Member, server: Server) -> None:
        for i in range(5):
            await draft(owner, f"c{i}")
            await server.clock.advance(1)
        first = await owner.ok("GET", "/campaigns?limit=2")
        second = await owner.ok("GET", f"/campaigns?limit=2&cursor={first['nextCursor']}")
        assert await owner.ok("GET", f"/campaigns?limit=2&before={first['nextCursor']}") == first
        assert await owner.ok("GET", f"/campaigns?limit=2&before={second['nextCursor']}") == second
        last = await owner.ok("GET", "/campaigns?limit=2&before=")
        assert [c["name"] for c in last["campaigns"]] == ["c1", "c0"]

    async def test_search_and_status(self, owner: Member) -> None:
        await draft(owner, "Spring 50%")
        await draft(owner, "Summer")
        found = await owner.ok("GET", "/campaigns", params={"q": "50%", "status": "DRAFT"})
        assert [c["name"] for c in found["campaigns"]] == ["Spring 50%"]
        assert (await owner.ok("GET", "/campaigns?status=SENT"))["campaigns"] == []

    async def test_a_cursor_of_another_filter_is_refused(self, owner: Member) -> None:
        for name in ("a1", "a2"):
            await draft(owner, name)
        cursor = (await owner.ok("GET", "/campaigns?limit=1"))["nextCursor"]
        for path in (
            f"/campaigns?q=a&cursor={cursor}",
            "/campaigns?cursor=nonsense",
            "/campaigns?cursor=8J-Y",
        ):
            problem = await owner.refused(400, "invalid", "GET", path)
            assert problem["errors"][0]["path"] == "cursor"

    async def test_limits(self, owner: Member) -> None:
        for limit in ("0", "201", "x"):
            problem = await owner.refused(400, "invalid", "GET", f"/campaigns?limit={limit}")
            assert [error["path"] for error in problem["errors"]] == ["limit"]


class TestDelete:
    async def test_owners_may_members_may_not(self, owner: Member, member: Member) -> None:
        made = await draft(owner)
        path = f"/campaigns/{made['id']}"
        await member.refused(403, "forbidden", "DELETE", path)
        assert await owner.ok("DELETE", path) == {}
        await owner.refused(404, "not_found", "DELETE", path)

    async def test_strangers_cannot(self, owner: Member, stranger: Member) -> None:
        made = await draft(owner)
        await stranger.refused(404, "not_found", "DELETE", f"/campaigns/{made['id']}")

    async def test_not_what_someone_edited_meanwhile(self, owner: Member) -> None:
        made = await draft(owner)
        await owner.ok("PATCH", f"/campaigns/{made['id']}", {"name": "Edited"})
        answer = await owner.http.delete(f"/campaigns/{made['id']}", params={"updatedAt": made["updatedAt"]})
        assert (answer.status_code, answer.json()["current"]["name"]) == (409, "Edited")
