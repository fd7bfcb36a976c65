"""Reading the audit log: for those who answer for it, page by page, one's own organisation only."""

from typing import Any

from contract.roles import Role
from tests.backend.conftest import Member, Server, document


async def entries(member: Member, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await member.ok("GET", f"/audit{query}"))["entries"]
    return found


async def test_who_did_what(server: Server, owner: Member, member: Member) -> None:
    body = {"name": "A", "contentJson": document()}
    made = (await member.ok("POST", "/campaigns", body))["campaign"]
    await server.clock.advance(1)
    await owner.ok("PATCH", f"/campaigns/{made['id']}", {"name": "B"})
    edited, created = await entries(owner, f"?target=campaign/{made['id']}")
    assert (edited["action"], edited["email"]) == ("campaign edited", "olive@acme.example")
    assert (created["action"], created["email"]) == ("campaign created", "mel@acme.example")
    assert edited["beforeHash"] == created["afterHash"] != edited["afterHash"]


async def test_only_owners_and_admins_read_it(server: Server, owner: Member, member: Member) -> None:
    await member.refused(403, "forbidden", "GET", "/audit")
    admin = await server.member(int(owner.session.org.id), "ada@acme.example", Role.ADMIN)
    assert await entries(admin)


async def test_it_ends_at_the_border(owner: Member, stranger: Member) -> None:
    await owner.ok("POST", "/contacts", {"email": "ann@x.example"})
    assert {entry["action"] for entry in await entries(stranger)} == {"login"}


async def test_who_left_is_still_named(owner: Member, member: Member) -> None:
    await member.ok("POST", "/contacts", {"email": "ann@x.example"})
    await owner.ok("DELETE", f"/members/{member.session.user.id}")
    assert "mel@acme.example" in {entry["email"] for entry in await entries(owner)}


async def test_pages_show_each_entry_once_newest_first(server: Server, owner: Member) -> None:
    for number in range(8):
        await owner.ok("POST", "/contacts", {"email": f"p{number}@x.example"})
        if number % 3 == 0:
            await server.clock.advance(1)
    whole = await entries(owner, "?limit=200")
    seen: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        page = await owner.ok("GET", f"/audit?limit=3{cursor and '&cursor=' + cursor}")
        seen += page["entries"]
        cursor = page["nextCursor"]
    assert seen == whole
    assert [entry["at"] for entry in seen] == sorted((entry["at"] for entry in seen), reverse=True)
