"""The change feed: nothing is missed, nothing is told twice, and a restored server is recognised."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update

from backend.db.feed import FeedChange, append_changes
from backend.db.models.feed import FeedEntry, OrgFeed
from contract.feed import Kind
from tests.backend.conftest import Member, Server, document


async def draft(member: Member, name: str = "A") -> dict[str, Any]:
    body = {"name": name, "contentJson": document()}
    return (await member.ok("POST", "/campaigns", body))["campaign"]


async def pull(member: Member, cursor: str = "", limit: int = 200) -> dict[str, Any]:
    return await member.ok("GET", "/sync/changes", params={"cursor": cursor, "limit": limit})


class TestChanges:
    async def test_from_the_beginning(self, owner: Member) -> None:
        made = await draft(owner)
        page = await pull(owner)
        assert [c["kind"] for c in page["changes"]] == ["settings", "campaign"]
        change = page["changes"][1]
        assert (change["id"], change["deleted"], change["updatedAt"]) == (
            made["id"],
            False,
            made["updatedAt"],
        )
        assert change["row"] == made
        assert page["hasMore"] is False

    async def test_each_document_once_with_its_present_state(self, owner: Member) -> None:
        start = (await pull(owner))["cursor"]
        made = await draft(owner)
        other = await draft(owner, "B")
        saved = (await owner.ok("PATCH", f"/campaigns/{made['id']}", {"name": "New"}))["campaign"]
        changes = (await pull(owner, start))["changes"]
        assert [c["id"] for c in changes] == [other["id"], made["id"]]
        assert changes[1]["row"] == saved

    async def test_nothing_new_keeps_the_cursor(self, owner: Member) -> None:
        cursor = (await pull(owner))["cursor"]
        assert await pull(owner, cursor) == {"changes": [], "cursor": cursor, "hasMore": False}

    async def test_pages(self, owner: Member) -> None:
        made = [(await draft(owner, f"c{i}"))["id"] for i in range(5)]
        seen, cursor, more = [], "", True
        while more:
            page = await pull(owner, cursor, limit=2)
            seen += [c["id"] for c in page["changes"] if c["kind"] == "campaign"]
            cursor, more = page["cursor"], page["hasMore"]
        assert seen == made

    async def test_a_deletion_leaves_a_tombstone(self, owner: Member) -> None:
        made = await draft(owner)
        cursor = (await pull(owner))["cursor"]
        await owner.ok("DELETE", f"/campaigns/{made['id']}")
        (change,) = (await pull(owner, cursor))["changes"]
        assert (change["id"], change["deleted"], change["row"]) == (made["id"], True, None)

    async def test_all_kinds_and_one_marker_for_contacts(self, owner: Member) -> None:
        cursor = (await pull(owner))["cursor"]
        segment = await owner.ok("POST", "/segments", {"name": "S", "dslJson": {"all": []}})
        sequence = await owner.ok("POST", "/sequences", {"name": "Q", "steps": []})
        rows = "email\n" + "\n".join(f"a{i}@x.example" for i in range(30))
        await owner.http.post("/contacts/import", content=rows)
        changes = (await pull(owner, cursor))["changes"]
        assert [c["kind"] for c in changes] == ["segment", "sequence", "contacts"]
        assert changes[0]["row"] == {**segment["segment"], "memberCount": None}
        assert changes[1]["row"] == sequence["sequence"]

    async def test_a_refused_write_leaves_nothing(self, owner: Member) -> None:
        made = await draft(owner)
        cursor = (await pull(owner))["cursor"]
        await owner.refused(409, "segment_missing", "POST", f"/campaigns/{made['id']}/send", {})
        assert (await pull(owner, cursor))["changes"] == []

    async def test_strangers_hear_nothing(self, owner: Member, stranger: Member) -> None:
        cursor = (await pull(stranger))["cursor"]
        await draft(owner)
        assert (await pull(stranger, cursor))["changes"] == []
        await stranger.refused(409, "rewound", "GET", f"/sync/changes?cursor={(await pull(owner))['cursor']}")

    @pytest.mark.parametrize("cursor", ["x", "1", "1.", "-1.ab", "99999999999999999999.ab", "².ab"])
    async def test_what_is_no_cursor(self, owner: Member, cursor: str) -> None:
        answer = await owner.http.get("/sync/changes", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "cursor")


class TestWitness:
    async def test_every_answer_to_a_write_says_where_the_feed_stands(self, owner: Member) -> None:
        answer = await owner.http.post("/campaigns", json={"name": "A", "contentJson": document()})
        assert answer.headers["handbill-feed"] == (await pull(owner))["cursor"]
        assert "handbill-feed" not in (await owner.http.get("/campaigns")).headers

    async def test_a_known_witness_passes_and_an_unknown_one_stops_the_write(self, owner: Member) -> None:
        made = await draft(owner)
        known = (await pull(owner))["cursor"]
        seq, nonce = known.split(".")
        path, body = f"/campaigns/{made['id']}", {"name": "B"}
        assert (
            await owner.http.patch(path, json=body, headers={"Handbill-Witness": known})
        ).status_code == 200
        for unknown in (f"{int(seq) + 5}.{nonce}", f"{seq}.{'0' * 16}"):
            answer = await owner.http.patch(path, json={"name": "C"}, headers={"Handbill-Witness": unknown})
            assert (answer.status_code, answer.json()["code"]) == (409, "rewound")
        assert (await owner.ok("GET", path))["campaign"]["name"] == "B"

    async def test_an_unknown_witness_stops_a_pull_too(self, owner: Member) -> None:
        """The client's cursor may be older than the backup while its own writes were newer."""
        await draft(owner)
        cursor = (await pull(owner))["cursor"]
        seq, nonce = cursor.split(".")
        for witness, status in ((cursor, 200), (f"{int(seq) + 5}.{nonce}", 409)):
            headers = {"Handbill-Witness": witness}
            answer = await owner.http.get("/sync/changes", params={"cursor": cursor}, headers=headers)
            assert answer.status_code == status

    async def test_a_backup_that_went_another_way_is_recognised(self, owner: Member, server: Server) -> None:
        """The same number was given again after a restore, to another change."""
        await draft(owner)
        seen = (await pull(owner))["cursor"]
        seq = int(seen.split(".")[0])
        async with server.database.writer(int(owner.session.org.id)) as session:
            await session.execute(delete(FeedEntry).where(FeedEntry.seq == seq))
            await session.execute(update(OrgFeed).values(seq=seq - 1))
            change = FeedChange(Kind.SETTINGS, "")
            await append_changes(session, [change], server.clock.now())
        await owner.refused(409, "rewound", "GET", f"/sync/changes?cursor={seen}")

    async def test_a_pruned_cursor_has_expired(self, owner: Member, server: Server) -> None:
        await draft(owner)
        seen = (await pull(owner))["cursor"]
        async with server.database.writer(int(owner.session.org.id)) as session:
            last = await session.scalar(select(OrgFeed.seq))
            await session.execute(delete(FeedEntry).where(FeedEntry.seq <= last))
            await session.execute(update(OrgFeed).values(pruned_through=last))
        await owner.refused(409, "cursor_expired", "GET", f"/sync/changes?cursor={seen}")
