"""Suppressed addresses: anyone may protect a person, only some may undo it, and a complaint stays."""

import pytest

from backend.db.models.contact import Suppression
from backend.suppressing import address_hash, suppress_emails
from tests.backend.conftest import Member, Server, document
from tests.backend.contacts.test_contacts import add

ANN = "ann@x.example"


async def hashes(member: Member, query: str = "") -> list[str]:
    return [row["hash"] for row in (await member.ok("GET", f"/suppressions{query}"))["suppressions"]]


async def test_a_suppressed_address_is_known_by_its_hash_alone(owner: Member, member: Member) -> None:
    made = (await member.ok("POST", "/suppressions", {"email": "Ann@X.example"}))["suppression"]
    assert (made["hash"], made["reason"]) == (address_hash(ANN), "by hand")
    again = (await owner.ok("POST", "/suppressions", {"email": ANN}))["suppression"]
    assert again == made
    assert await hashes(owner, f"?email={ANN}") == [made["hash"]]
    assert await hashes(owner, "?email=ben@x.example") == []
    await owner.refused(400, "invalid", "GET", "/suppressions?email=nonsense")


async def test_undoing_is_for_those_who_answer_for_it(owner: Member, member: Member) -> None:
    path = f"/suppressions/{address_hash(ANN)}"
    await member.ok("POST", "/suppressions", {"email": ANN})
    await member.refused(403, "forbidden", "DELETE", path)
    await owner.ok("DELETE", path)
    assert await hashes(owner) == []
    await owner.refused(404, "not_found", "DELETE", path)
    await member.ok("POST", "/suppressions", {"email": ANN})
    assert await hashes(owner) == [address_hash(ANN)]


async def test_a_complaint_is_never_undone(server: Server, owner: Member) -> None:
    async with server.database.writer(int(owner.session.org.id)) as session:
        session.add(Suppression(address_hash=address_hash(ANN), reason="complaint", since=server.clock.now()))
    await owner.refused(409, "conflict", "DELETE", f"/suppressions/{address_hash(ANN)}")
    again = (await owner.ok("POST", "/suppressions", {"email": ANN}))["suppression"]
    assert again["reason"] == "complaint"


async def test_others_see_nothing(owner: Member, stranger: Member) -> None:
    await owner.ok("POST", "/suppressions", {"email": ANN})
    assert await hashes(stranger) == []
    await stranger.refused(404, "not_found", "DELETE", f"/suppressions/{address_hash(ANN)}")


async def test_pages_show_each_once(server: Server, owner: Member) -> None:
    for number in range(7):
        await owner.ok("POST", "/suppressions", {"email": f"p{number}@x.example"})
        if number % 2:
            await server.clock.advance(1)
    seen, cursor = [], ""
    while cursor is not None:
        page = await owner.ok("GET", f"/suppressions?limit=3{cursor and '&cursor=' + cursor}")
        seen += [row["hash"] for row in page["suppressions"]]
        cursor = page["nextCursor"]
    assert sorted(seen) == sorted(address_hash(f"p{number}@x.example") for number in range(7))
    assert seen[0] == address_hash("p6@x.example")


class TestBulk:
    async def test_unsubscribe_many(self, owner: Member, member: Member) -> None:
        ids = [(await add(owner, f"p{number}@x.example"))["id"] for number in range(3)]
        body = {"action": "unsubscribe", "contactIds": [*ids, ids[0], "987654321", "9" * 19]}
        assert await member.ok("POST", "/contacts/bulk", body) == {"changed": 3}
        assert await member.ok("POST", "/contacts/bulk", body) == {"changed": 0}
        rows = (await owner.ok("GET", "/contacts"))["contacts"]
        assert {row["status"] for row in rows} == {"unsubscribed"}
        assert len({row["updatedAt"] for row in rows} & {row["createdAt"] for row in rows}) == 0

    async def test_delete_many(self, owner: Member, member: Member, stranger: Member) -> None:
        ids = [(await add(owner, f"p{number}@x.example"))["id"] for number in range(3)]
        segment = (await owner.ok("POST", "/segments", {"name": "S", "dslJson": {"any": []}}))["segment"]
        await owner.ok("POST", f"/segments/{segment['id']}/members", {"contactIds": ids})
        body = {"action": "delete", "contactIds": ids[:2]}
        await member.refused(403, "forbidden", "POST", "/contacts/bulk", body)
        assert await stranger.ok("POST", "/contacts/bulk", body) == {"changed": 0}
        assert await owner.ok("POST", "/contacts/bulk", body) == {"changed": 2}
        assert [row["id"] for row in (await owner.ok("GET", "/contacts"))["contacts"]] == [ids[2]]
        assert (await owner.ok("GET", f"/segments/{segment['id']}"))["memberCount"] == 1

    @pytest.mark.parametrize("ids", [[], ["1"] * 1001, ["x"], [1]])
    async def test_what_is_no_list_of_ids(self, owner: Member, ids: list[object]) -> None:
        body = {"action": "delete", "contactIds": ids}
        await owner.refused(400, "invalid", "POST", "/contacts/bulk", body)

    async def test_one_marker_in_the_feed(self, owner: Member) -> None:
        ids = [(await add(owner, f"p{number}@x.example"))["id"] for number in range(3)]
        cursor = (await owner.ok("GET", "/sync/changes"))["cursor"]
        await owner.ok("POST", "/contacts/bulk", {"action": "unsubscribe", "contactIds": ids})
        changes = (await owner.ok("GET", f"/sync/changes?cursor={cursor}"))["changes"]
        assert [change["kind"] for change in changes] == ["contacts"]


async def test_a_timeline_says_what_happened_newest_first(server: Server, owner: Member) -> None:
    ann = await add(owner, ANN)
    await server.clock.advance(60)
    await owner.ok("PATCH", f"/contacts/{ann['id']}", {"name": "Ann"})
    await server.clock.advance(60)
    await owner.ok("POST", "/contacts/bulk", {"action": "unsubscribe", "contactIds": [ann["id"]]})
    entries = (await owner.ok("GET", f"/contacts/{ann['id']}/timeline"))["entries"]
    assert [entry["what"] for entry in entries] == [
        "contact unsubscribed",
        "contact edited",
        "contact created",
    ]
    assert entries[0]["at"] > entries[1]["at"] > entries[2]["at"]
    newest = (await owner.ok("GET", f"/contacts/{ann['id']}/timeline?limit=1"))["entries"]
    assert newest == entries[:1]


async def test_mails_are_in_the_timeline_by_name(server: Server, owner: Member, stranger: Member) -> None:
    from backend.db.models.delivery import DeliveryRecord

    ann = await add(owner, ANN)
    body = {"name": "May news", "contentJson": document()}
    campaign = (await owner.ok("POST", "/campaigns", body))["campaign"]
    await server.clock.advance(60)
    async with server.database.writer(int(owner.session.org.id)) as session:
        session.add(
            DeliveryRecord(
                id=1000,
                source_id=campaign["id"],
                revision=1,
                contact_id=int(ann["id"]),
                address=ANN,
                state="bounced",
                reason="no such mailbox",
                updated_at=server.clock.now(),
            )
        )
    newest = (await owner.ok("GET", f"/contacts/{ann['id']}/timeline"))["entries"][0]
    assert (newest["what"], newest["detail"]) == ("mail bounced", "May news: no such mailbox")
    await stranger.refused(404, "not_found", "GET", f"/contacts/{ann['id']}/timeline")


class TestLooking:
    async def test_found_by_a_part_of_the_address_or_by_reason_with_counts(
        self, server: Server, owner: Member
    ) -> None:
        await add(owner, ANN)
        for email in (ANN, "ben@x.example", "gone@y.example"):
            await owner.ok("POST", "/suppressions", {"email": email})
        async with server.database.writer(int(owner.session.org.id)) as session:
            row = Suppression(address_hash=address_hash("z@x.example"), reason="bounced")
            row.since = server.clock.now()
            session.add(row)
        assert await hashes(owner, "?q=nn@X") == [address_hash(ANN)]
        assert await hashes(owner, "?q=Gone@y.example") == [address_hash("gone@y.example")]
        assert await hashes(owner, "?q=gone") == [], "the address itself is not kept"
        assert await hashes(owner, "?reason=bounced") == [address_hash("z@x.example")]
        page = await owner.ok("GET", "/suppressions?limit=1&reason=by%20hand")
        assert (page["total"], page["reasons"]) == (3, {"by hand": 3, "bounced": 1})
        (ann,) = (await owner.ok("GET", "/suppressions?q=ann"))["suppressions"]
        assert ann["email"] == ANN

    async def test_it_says_whose_mail_led_to_it(self, server: Server, owner: Member) -> None:
        await add(owner, ANN)
        made = await owner.ok("POST", "/campaigns", {"name": "May", "contentJson": document()})
        async with server.database.writer(int(owner.session.org.id)) as session:
            await suppress_emails(session, [ANN], "bounced", server.clock.now(), made["campaign"]["id"])
        (row,) = (await owner.ok("GET", "/suppressions"))["suppressions"]
        assert (row["email"], row["sourceName"]) == (ANN, "May")
        await owner.ok("DELETE", f"/campaigns/{made['campaign']['id']}")
        (row,) = (await owner.ok("GET", "/suppressions"))["suppressions"]
        assert (row["sourceId"], row["sourceName"]) == (made["campaign"]["id"], None)

    async def test_whoever_changed_the_address_is_not_named_for_it(self, owner: Member) -> None:
        ann = await add(owner, ANN)
        await owner.ok("POST", "/suppressions", {"email": ANN})
        await owner.ok("PATCH", f"/contacts/{ann['id']}", {"email": "new@x.example"})
        (row,) = (await owner.ok("GET", "/suppressions"))["suppressions"]
        assert (row["email"], row["contactId"]) == (None, None)


@pytest.mark.parametrize("status", ["bounced", "unsubscribed"])
async def test_undone_means_that_mail_goes_there_again(owner: Member, status: str) -> None:
    ann = await add(owner, ANN)
    await owner.ok("PATCH", f"/contacts/{ann['id']}", {"status": status})
    await owner.ok("DELETE", f"/suppressions/{address_hash(ANN)}")
    shown = (await owner.ok("GET", f"/contacts/{ann['id']}"))["contact"]
    assert shown["status"] == "subscribed"
