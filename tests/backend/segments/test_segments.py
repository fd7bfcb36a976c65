"""Segments: saving filters, trying them, and taking people in or out by hand."""

from typing import Any

import pytest

from contract.ids import new_document_id
from tests.backend.conftest import Member, Server
from tests.backend.contacts.test_contacts import add, add_fields

PRO = {"field": "plan", "op": "eq", "value": "Pro"}
EVERYONE: dict[str, Any] = {"all": []}
NO_ONE: dict[str, Any] = {"any": []}


async def save(member: Member, dsl: dict[str, Any], name: str = "S", **more: Any) -> dict[str, Any]:
    return (await member.ok("POST", "/segments", {"name": name, "dslJson": dsl, **more}))["segment"]


async def members(member: Member, segment_id: str) -> list[str]:
    page = await member.ok("GET", f"/segments/{segment_id}")
    assert page["memberCount"] == len(page["members"]) == page["segment"]["memberCount"]
    return [contact["email"][0] for contact in page["members"]]


@pytest.fixture
async def people(owner: Member) -> dict[str, str]:
    """Ids by first letter: a and b are Pro, c is free, d has no plan."""
    await add_fields(owner)
    plans = {"a": "Pro", "b": "Pro", "c": "free", "d": None}
    return {
        letter: (await add(owner, f"{letter}@x.example", fields={"plan": plan}))["id"]
        for letter, plan in plans.items()
    }


class TestSave:
    async def test_it_is_answered_with_text_and_count(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, PRO)
        assert (made["text"], made["memberCount"], made["dslJson"]) == ("plan = Pro", 2, PRO)
        assert await members(owner, made["id"]) == ["a", "b"]

    async def test_unset_means_false_and_not_is_two_valued(
        self, owner: Member, people: dict[str, str]
    ) -> None:
        made = await save(owner, {"not": PRO})
        assert await members(owner, made["id"]) == ["c", "d"]
        other = await save(owner, {"field": "plan", "op": "ne", "value": "Pro"})
        assert await members(owner, other["id"]) == ["c"]

    @pytest.mark.parametrize(
        ("dsl", "path"),
        [
            ({"field": "nope", "op": "eq", "value": "x"}, "dslJson.field"),
            ({"all": [{"field": "plan", "op": "lt", "value": "x"}]}, "dslJson.all.0.op"),
            ({"not": {"any": [PRO, {"field": "age", "op": "eq", "value": "x"}]}}, "dslJson.not.any.1.value"),
            ({"all": [{"field": "plan", "op": "is", "value": "x"}]}, "dslJson.all.0.op"),
            ({"not": {"not": {"field": 7, "op": "eq"}}}, "dslJson.not.not.field"),
            ({"all": [], "any": []}, "dslJson.any"),
        ],
    )
    async def test_a_fault_is_named_where_it_is(
        self, owner: Member, people: dict[str, str], dsl: Any, path: str
    ) -> None:
        problem = await owner.refused(400, "invalid", "POST", "/segments", {"name": "S", "dslJson": dsl})
        assert [error["path"] for error in problem["errors"]] == [path]

    async def test_too_deep(self, owner: Member) -> None:
        dsl: dict[str, Any] = EVERYONE
        for _ in range(12):
            dsl = {"not": dsl}
        await owner.refused(400, "invalid", "POST", "/segments", {"name": "S", "dslJson": dsl})
        for depth in (50, 97, 120, 500, 5000):
            nested = '{"not":' * depth + "1" + "}" * depth
            answer = await owner.http.post("/segments", content=f'{{"name":"S","dslJson":{nested}}}')
            assert answer.status_code == 400

    async def test_edit_and_conflict(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, PRO)
        path = f"/segments/{made['id']}"
        body = {"updatedAt": made["updatedAt"], "dslJson": EVERYONE}
        assert (await owner.ok("PATCH", path, body))["segment"]["memberCount"] == 4
        problem = await owner.refused(409, "stale_write", "PATCH", path, {**body, "name": "T"})
        assert problem["current"]["dslJson"] == EVERYONE
        await owner.refused(400, "invalid", "PATCH", path, {"name": None})

    async def test_list_by_name(self, owner: Member, stranger: Member) -> None:
        for name in ("b", "a", "c"):
            await save(owner, EVERYONE, name)
        page = await owner.ok("GET", "/segments?limit=2")
        assert [s["name"] for s in page["segments"]] == ["a", "b"]
        rest = await owner.ok("GET", f"/segments?cursor={page['nextCursor']}")
        assert ([s["name"] for s in rest["segments"]], rest["nextCursor"]) == (["c"], None)
        assert (await stranger.ok("GET", "/segments"))["segments"] == []

    async def test_strangers_and_members(self, owner: Member, member: Member, stranger: Member) -> None:
        made = await save(member, EVERYONE)
        path = f"/segments/{made['id']}"
        for method, below, body in (
            ("GET", "", None),
            ("PATCH", "", {"name": "x"}),
            ("DELETE", "", None),
            ("POST", "/members", {"contactIds": ["1"]}),
            ("DELETE", "/members", {"contactIds": ["1"]}),
        ):
            await stranger.refused(404, "not_found", method, path + below, body)
        await member.refused(403, "forbidden", "DELETE", path)
        assert await owner.ok("DELETE", path) == {}
        await owner.refused(404, "not_found", "GET", path)


class TestMembers:
    async def test_taking_in_and_out_and_repeating(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, PRO)
        path = f"/segments/{made['id']}/members"
        some = {"contactIds": [people["c"], people["d"]]}
        assert await owner.ok("POST", path, some) == {"added": 2}
        assert await owner.ok("POST", path, some) == {"added": 0}
        assert await members(owner, made["id"]) == ["a", "b", "c", "d"]
        out = {"contactIds": [people["a"], people["c"]]}
        assert await owner.ok("DELETE", path, out) == {"removed": 2}
        assert await owner.ok("DELETE", path, out) == {"removed": 0}
        assert await members(owner, made["id"]) == ["b", "d"]

    async def test_an_exclude_outlives_the_filter_and_an_include_brings_back(
        self, owner: Member, people: dict[str, str]
    ) -> None:
        made = await save(owner, PRO)
        one = {"contactIds": [people["a"]]}
        await owner.ok("DELETE", f"/segments/{made['id']}/members", one)
        await owner.ok("PATCH", f"/segments/{made['id']}", {"dslJson": EVERYONE})
        assert await members(owner, made["id"]) == ["b", "c", "d"]
        assert await owner.ok("POST", f"/segments/{made['id']}/members", one) == {"added": 1}
        assert await members(owner, made["id"]) == ["a", "b", "c", "d"]

    async def test_taking_out_whom_the_filter_does_not_match_keeps_no_exclude(
        self, owner: Member, people: dict[str, str]
    ) -> None:
        made = await save(owner, NO_ONE)
        one = {"contactIds": [people["c"]]}
        await owner.ok("POST", f"/segments/{made['id']}/members", one)
        await owner.ok("DELETE", f"/segments/{made['id']}/members", one)
        await owner.ok("PATCH", f"/segments/{made['id']}", {"dslJson": EVERYONE})
        assert await members(owner, made["id"]) == ["a", "b", "c", "d"]

    async def test_the_segments_version_stays(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, PRO)
        await owner.ok("POST", f"/segments/{made['id']}/members", {"contactIds": [people["c"]]})
        after = (await owner.ok("GET", f"/segments/{made['id']}"))["segment"]
        assert after["updatedAt"] == made["updatedAt"]

    async def test_contacts_of_others_and_unknown_ones_are_left_out(
        self, owner: Member, stranger: Member, people: dict[str, str]
    ) -> None:
        made = await save(stranger, NO_ONE)
        body = {"contactIds": [*people.values(), "999999", "9" * 19]}
        assert await stranger.ok("POST", f"/segments/{made['id']}/members", body) == {"added": 0}
        assert await members(stranger, made["id"]) == []

    async def test_the_same_segment_id_elsewhere_changes_nothing(
        self, owner: Member, stranger: Member, people: dict[str, str]
    ) -> None:
        wanted = new_document_id()
        await save(owner, NO_ONE, id=wanted)
        await save(stranger, NO_ONE, id=wanted)
        theirs = await add(stranger, "z@x.example")
        await stranger.ok("POST", f"/segments/{wanted}/members", {"contactIds": [theirs["id"]]})
        assert await members(owner, wanted) == []

    async def test_by_position(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, EVERYONE)
        page = await owner.ok("GET", f"/segments/{made['id']}?offset=2&limit=1")
        assert ([c["email"] for c in page["members"]], page["memberCount"]) == (["c@x.example"], 4)
        rest = await owner.ok("GET", f"/segments/{made['id']}?cursor={page['nextCursor']}")
        assert [c["email"] for c in rest["members"]] == ["d@x.example"]


class TestPreview:
    async def test_as_text_and_as_tree(self, member: Member, people: dict[str, str]) -> None:
        by_text = await member.ok("POST", "/segments/preview", {"text": "plan = Pro"})
        assert (by_text["count"], by_text["dslJson"], by_text["approximate"]) == (2, PRO, False)
        assert await member.ok("POST", "/segments/preview", {"dslJson": PRO}) == by_text

    async def test_with_a_segments_own_members(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, NO_ONE)
        await owner.ok("POST", f"/segments/{made['id']}/members", {"contactIds": [people["d"]]})
        body = {"dslJson": PRO, "segmentId": made["id"]}
        assert (await owner.ok("POST", "/segments/preview", body))["count"] == 3

    async def test_a_text_that_does_not_parse_says_where(self, owner: Member) -> None:
        problem = await owner.refused(400, "invalid", "POST", "/segments/preview", {"text": "email = "})
        assert problem["errors"][0]["path"] == "text"
        assert "8" in problem["errors"][0]["message"]

    async def test_one_of_the_two(self, owner: Member) -> None:
        for body in ({}, {"text": "everyone", "dslJson": EVERYONE}):
            await owner.refused(400, "invalid", "POST", "/segments/preview", body)

    async def test_relative_dates_mean_the_moment_of_asking(self, owner: Member, server: Server) -> None:
        await add(owner, "a@x.example")
        for hours, count in ((23, 1), (2, 0)):
            await server.clock.advance(hours * 3600)
            fresh = await server.sign_in(int(owner.session.org.id), int(owner.session.user.id))
            body = {"text": "created_at within 1d"}
            assert (await fresh.ok("POST", "/segments/preview", body))["count"] == count

    async def test_strangers_count_their_own(self, people: dict[str, str], stranger: Member) -> None:
        assert (await stranger.ok("POST", "/segments/preview", {"text": "everyone"}))["count"] == 0


class TestExplain:
    async def test_every_comparison_with_its_value(self, owner: Member, people: dict[str, str]) -> None:
        dsl = {"all": [{"not": PRO}, {"field": "email", "op": "startsWith", "value": "D"}]}
        body = {"dslJson": dsl, "contactId": people["d"]}
        answer = await owner.ok("POST", "/segments/explain", body)
        assert (answer["member"], answer["manual"]) == (True, None)
        assert [(v["value"], v["holds"]) for v in answer["verdicts"]] == [
            ("not set", False),
            ("d@x.example", True),
        ]

    async def test_a_decision_by_hand_is_named(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, PRO)
        await owner.ok("DELETE", f"/segments/{made['id']}/members", {"contactIds": [people["a"]]})
        body = {"dslJson": PRO, "contactId": people["a"], "segmentId": made["id"]}
        answer = await owner.ok("POST", "/segments/explain", body)
        assert (answer["member"], answer["manual"], answer["verdicts"][0]["holds"]) == (
            False,
            "exclude",
            True,
        )

    async def test_someone_elses_contact(self, people: dict[str, str], stranger: Member) -> None:
        body = {"dslJson": EVERYONE, "contactId": people["a"]}
        await stranger.refused(404, "not_found", "POST", "/segments/explain", body)


class TestLacking:
    async def test_members_without_a_field_are_counted(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, {"not": PRO})
        await owner.ok("POST", f"/segments/{made['id']}/members", {"contactIds": [people["a"]]})
        answer = await owner.ok("GET", f"/segments/{made['id']}/lacking?fields=plan,name,email")
        assert answer == {"memberCount": 3, "lacking": {"plan": 1, "name": 3, "email": 0}}

    async def test_nobody_in_it(self, owner: Member, people: dict[str, str]) -> None:
        made = await save(owner, NO_ONE)
        answer = await owner.ok("GET", f"/segments/{made['id']}/lacking?fields=plan")
        assert answer == {"memberCount": 0, "lacking": {"plan": 0}}

    async def test_a_field_that_is_not_there(self, owner: Member) -> None:
        made = await save(owner, EVERYONE)
        path = f"/segments/{made['id']}/lacking?fields=shoe"
        problem = await owner.refused(400, "invalid", "GET", path)
        assert problem["errors"][0] == {"path": "fields", "message": "there is no field 'shoe'"}
