"""Contacts: adding, changing, and finding one's place among many."""

from itertools import pairwise
from typing import Any

import pytest

from backend.contacts.addresses import normal_address
from tests.backend.conftest import Member, Server


async def add(member: Member, email: str, **more: Any) -> dict[str, Any]:
    return (await member.ok("POST", "/contacts", {"email": email, **more}))["contact"]


async def add_fields(member: Member) -> None:
    for key, kind, choices in (
        ("city", "text", []),
        ("plan", "choice", ["free", "Pro"]),
        ("age", "number", []),
        ("vip", "bool", []),
        ("birthday", "date", []),
    ):
        body = {"key": key, "type": kind, "label": key.title(), "choices": choices}
        await member.ok("POST", "/fields", body)


class TestCreate:
    async def test_it_can_be_read_back(self, member: Member) -> None:
        made = await add(member, " Ann@Example.COM ", name="Ann", timeZone="Europe/Berlin")
        assert (made["email"], made["status"], made["timeZone"]) == (
            "ann@example.com",
            "subscribed",
            "Europe/Berlin",
        )
        assert (await member.ok("GET", f"/contacts/{made['id']}"))["contact"] == made

    async def test_an_address_is_there_once(self, owner: Member, stranger: Member) -> None:
        await add(owner, "ann@example.com")
        await owner.refused(409, "email_taken", "POST", "/contacts", {"email": "ANN@example.com"})
        await add(stranger, "ann@example.com")

    @pytest.mark.parametrize("email", ["ann", "ann@", "@b.example", "a b@c.example", "a@b", "a@b..example"])
    async def test_what_is_no_address(self, owner: Member, email: str) -> None:
        problem = await owner.refused(400, "invalid", "POST", "/contacts", {"email": email})
        assert problem["errors"][0]["path"] == "email"

    async def test_a_time_zone_that_is_none(self, owner: Member) -> None:
        for zone in ("Mars/Base", "../etc/passwd", "Europe"):
            body = {"email": "a@b.example", "timeZone": zone}
            problem = await owner.refused(400, "invalid", "POST", "/contacts", body)
            assert problem["errors"][0]["path"] == "timeZone"


class TestFields:
    async def test_typed_values_come_back_as_typed(self, owner: Member) -> None:
        await add_fields(owner)
        fields = {"city": "Straße", "plan": "Pro", "age": 41.5, "vip": False, "birthday": "1990-02-28"}
        made = await add(owner, "a@b.example", fields=fields)
        assert made["fields"] == fields
        body = {"fields": {"age": None, "city": "Oslo"}}
        changed = (await owner.ok("PATCH", f"/contacts/{made['id']}", body))["contact"]
        assert changed["fields"] == {"city": "Oslo", "plan": "Pro", "vip": False, "birthday": "1990-02-28"}

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("age", "old"),
            ("age", True),
            ("vip", 1),
            ("birthday", "28.2.1990"),
            ("birthday", "1990-02-30"),
            ("plan", "gold"),
            ("city", 7),
            ("shoe_size", 42),
        ],
    )
    async def test_what_does_not_fit_is_named(self, owner: Member, key: str, value: Any) -> None:
        await add_fields(owner)
        body = {"email": "a@b.example", "fields": {key: value}}
        problem = await owner.refused(400, "invalid", "POST", "/contacts", body)
        assert [error["path"] for error in problem["errors"]] == [f"fields.{key}"]

    async def test_list_begins_with_the_built_in_ones(self, owner: Member, stranger: Member) -> None:
        await add_fields(owner)
        keys = [field["key"] for field in (await owner.ok("GET", "/fields"))["fields"]]
        assert keys == ["email", "name", "status", "created_at", "age", "birthday", "city", "plan", "vip"]
        assert len((await stranger.ok("GET", "/fields"))["fields"]) == 4

    async def test_a_key_is_there_once_and_choices_belong_to_choice(self, owner: Member) -> None:
        await add_fields(owner)
        taken = {"key": "city", "type": "text", "label": "City"}
        await owner.refused(409, "conflict", "POST", "/fields", taken)
        await owner.refused(409, "conflict", "POST", "/fields", taken | {"key": "email"})
        for wrong in (
            {"type": "choice"},
            {"type": "text", "choices": ["a"]},
            {"type": "choice", "choices": ["a", "A"]},
        ):
            body = {"key": "x", "label": "X", **wrong}
            problem = await owner.refused(400, "invalid", "POST", "/fields", body)
            assert problem["errors"][0]["path"] == "choices"

    async def test_room_for_sixteen_of_a_kind(self, owner: Member) -> None:
        for i in range(16):
            await owner.ok("POST", "/fields", {"key": f"n{i}", "type": "number", "label": "N"})
        await owner.refused(409, "conflict", "POST", "/fields", {"key": "m", "type": "bool", "label": "M"})
        await owner.ok("POST", "/fields", {"key": "m", "type": "text", "label": "M"})


class TestEdit:
    async def test_a_stale_version(self, owner: Member) -> None:
        made = await add(owner, "a@b.example")
        path = f"/contacts/{made['id']}"
        await owner.ok("PATCH", path, {"updatedAt": made["updatedAt"], "name": "One"})
        body = {"updatedAt": made["updatedAt"], "name": "Two"}
        problem = await owner.refused(409, "stale_write", "PATCH", path, body)
        assert problem["current"]["name"] == "One"

    async def test_an_address_of_someone_else(self, owner: Member) -> None:
        await add(owner, "a@b.example")
        made = await add(owner, "c@d.example")
        await owner.refused(409, "email_taken", "PATCH", f"/contacts/{made['id']}", {"email": "a@b.example"})

    async def test_who_left_comes_back_only_by_an_admin(self, owner: Member, member: Member) -> None:
        path = f"/contacts/{(await add(member, 'a@b.example'))['id']}"
        await member.ok("PATCH", path, {"status": "unsubscribed"})
        await member.refused(403, "forbidden", "PATCH", path, {"status": "subscribed"})
        assert (await owner.ok("PATCH", path, {"status": "subscribed"}))["contact"]["status"] == "subscribed"

    async def test_strangers_and_nonsense(self, owner: Member, stranger: Member) -> None:
        made = await add(owner, "a@b.example")
        missing = await stranger.refused(404, "not_found", "GET", "/contacts/12345")
        assert await stranger.refused(404, "not_found", "GET", f"/contacts/{made['id']}") == missing
        await stranger.refused(404, "not_found", "PATCH", f"/contacts/{made['id']}", {"name": "x"})
        await stranger.refused(404, "not_found", "DELETE", f"/contacts/{made['id']}")
        for wrong in ("x", "9" * 30, "-1", "²"):
            await owner.refused(404, "not_found", "GET", f"/contacts/{wrong}")


class TestDelete:
    async def test_owners_may_members_may_not(self, owner: Member, member: Member) -> None:
        made = await add(owner, "a@b.example", name="A")
        path = f"/contacts/{made['id']}"
        segment = (await owner.ok("POST", "/segments", {"name": "S", "dslJson": {"any": []}}))["segment"]
        await owner.ok("POST", f"/segments/{segment['id']}/members", {"contactIds": [made["id"]]})
        await member.refused(403, "forbidden", "DELETE", path)
        assert await owner.ok("DELETE", path) == {}
        await owner.refused(404, "not_found", "GET", path)
        assert (await owner.ok("GET", f"/segments/{segment['id']}"))["memberCount"] == 0


@pytest.fixture
async def many(owner: Member, server: Server) -> list[str]:
    """23 contacts by address, each made a second after the one before."""
    emails = [f"c{i:02}@x.example" for i in range(23)]
    for email in emails:
        await add(owner, email, name=f"Name {email[1:3]}")
        await server.clock.advance(1)
    return emails


def emails_of(page: dict[str, Any]) -> list[str]:
    return [contact["email"] for contact in page["contacts"]]


class TestList:
    async def test_every_row_once_forwards_and_backwards(self, owner: Member, many: list[str]) -> None:
        for sort in ("email", "-email", "createdAt", "-createdAt"):
            wanted = many[::-1] if sort.startswith("-") else many
            opened, seen, cursor = [], [], None
            while True:
                params: dict[str, Any] = {"limit": 5, "sort": sort} | ({"cursor": cursor} if cursor else {})
                page = await owner.ok("GET", "/contacts", params=params)
                assert (page["total"], page["offset"]) == (23, len(seen)), sort
                seen += emails_of(page)
                opened.append((cursor, page))
                cursor = page["nextCursor"]
                if cursor is None:
                    break
            assert seen == wanted, sort
            for (_, page), (cursor, _) in pairwise(opened):
                params = {"limit": 5, "sort": sort, "before": cursor}
                assert await owner.ok("GET", "/contacts", params=params) == page, sort
            last = await owner.ok("GET", "/contacts", params={"limit": 5, "sort": sort, "before": ""})
            assert (emails_of(last), last["offset"]) == (wanted[-5:], 18), sort

    async def test_by_position(self, owner: Member, many: list[str]) -> None:
        for offset in (0, 1, 7, 11, 12, 18, 22, 23, 500):
            page = await owner.ok("GET", "/contacts", params={"limit": 5, "offset": offset})
            assert emails_of(page) == many[offset : offset + 5], offset
            assert page["offset"] == min(offset, 23)
            if page["nextCursor"]:
                params = {"limit": 5, "cursor": page["nextCursor"]}
                following = await owner.ok("GET", "/contacts", params=params)
                assert emails_of(following) == many[offset + 5 : offset + 10], offset
            else:
                assert offset + 5 >= 23

    async def test_by_part(self, owner: Member, many: list[str]) -> None:
        for at, offset in ((0, 0), (0.5, 11), (1, 23)):
            page = await owner.ok("GET", "/contacts", params={"limit": 5, "at": at})
            assert (page["offset"], emails_of(page)) == (offset, many[offset : offset + 5])

    async def test_search_by_address_and_name(self, owner: Member) -> None:
        await add(owner, "ann@example.com", name="Ann Straße")
        await add(owner, "bob_1@example.com", name="100% Bob")
        for q, found in (("STRASSE", 1), ("example", 2), ("bob_", 1), ("n_n", 0), ("100%", 1), ("%", 1)):
            page = await owner.ok("GET", "/contacts", params={"q": q})
            assert page["total"] == found, q
        assert (await owner.ok("GET", "/contacts?status=bounced"))["total"] == 0

    async def test_a_cursor_of_another_sort_or_two_places(self, owner: Member, many: list[str]) -> None:
        cursor = (await owner.ok("GET", "/contacts?limit=2"))["nextCursor"]
        for query in (
            f"sort=-email&cursor={cursor}",
            f"q=c&cursor={cursor}",
            "at=0.5&offset=3",
            "at=2",
            "offset=-1",
        ):
            await owner.refused(400, "invalid", "GET", f"/contacts?{query}")

    async def test_strangers_see_none(self, many: list[str], stranger: Member) -> None:
        page = await stranger.ok("GET", "/contacts")
        assert (page["contacts"], page["total"]) == ([], 0)


def test_addresses() -> None:
    assert normal_address("John.O'Hara+x@Mail.example") == "john.o'hara+x@mail.example"
    assert normal_address("jörg@bücher.example") == "jörg@bücher.example"
    for wrong in (
        "a" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
        ".a@b.example",
        "a@-b.example",
        "a@b.c" * 90,
    ):
        assert normal_address(wrong) is None
