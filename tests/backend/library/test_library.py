"""Templates and snippets: kept by anyone of the organisation, deleted by those who may delete."""

from typing import Any

from tests.backend.conftest import Member, document


async def keep(member: Member, name: str, kind: str = "template", **more: Any) -> dict[str, Any]:
    body = {"kind": kind, "name": name, "contentJson": document(), **more}
    return (await member.ok("POST", "/saved-mails", body))["savedMail"]


async def names(member: Member, query: str = "") -> list[str]:
    return [row["name"] for row in (await member.ok("GET", f"/saved-mails{query}"))["savedMails"]]


async def test_each_kind_is_listed_by_name(owner: Member, member: Member) -> None:
    for name in ("Monthly", "Launch"):
        await keep(owner, name)
    await keep(member, "Footer", "snippet")
    assert await names(member, "?kind=template") == ["Launch", "Monthly"]
    assert await names(owner, "?kind=snippet") == ["Footer"]


async def test_pages(owner: Member) -> None:
    for name in "abc":
        await keep(owner, name)
    first = await owner.ok("GET", "/saved-mails?limit=2")
    rest = await owner.ok("GET", f"/saved-mails?limit=2&cursor={first['nextCursor']}")
    assert [[row["name"] for row in page["savedMails"]] for page in (first, rest)] == [["a", "b"], ["c"]]


async def test_one_is_replaced_in_its_place(owner: Member) -> None:
    made = await keep(owner, "Monthly")
    body = {"contentJson": document("Other"), "updatedAt": made["updatedAt"]}
    changed = (await owner.ok("PATCH", f"/saved-mails/{made['id']}", body))["savedMail"]
    assert (changed["id"], changed["contentJson"]["subject"]) == (made["id"], "Other")
    await owner.refused(409, "stale_write", "PATCH", f"/saved-mails/{made['id']}", body)


async def test_a_member_keeps_and_does_not_delete(owner: Member, member: Member) -> None:
    made = await keep(member, "Mine")
    await member.refused(403, "forbidden", "DELETE", f"/saved-mails/{made['id']}")
    await owner.ok("DELETE", f"/saved-mails/{made['id']}")
    assert await names(owner) == []


async def test_another_organisation_sees_none(owner: Member, stranger: Member) -> None:
    made = await keep(owner, "Secret")
    assert await names(stranger) == []
    await stranger.refused(404, "not_found", "GET", f"/saved-mails/{made['id']}")


async def test_clients_hear_of_it(owner: Member) -> None:
    await keep(owner, "Monthly")
    changes = (await owner.ok("GET", "/sync/changes"))["changes"]
    assert ("settings", "library") in [(change["kind"], change["id"]) for change in changes]


async def test_a_document_that_is_none_is_refused_with_its_place(owner: Member) -> None:
    body = {
        "kind": "snippet",
        "name": "x",
        "contentJson": {"version": 1, "blocks": [{"type": "text", "id": 7}]},
    }
    problem = await owner.refused(400, "invalid", "POST", "/saved-mails", body)
    assert problem["errors"][0]["path"].startswith("contentJson.blocks.0")
