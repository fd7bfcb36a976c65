"""Importing: any sane file works, a broken one says where, and nobody who left comes back."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from backend.app import MAX_BODY
from backend.contacts.csv_columns import ImportedRow
from backend.contacts.csv_import import BATCH, ContactImport
from backend.db.models.contact import Suppression
from backend.db.models.org import TokenFamily
from backend.suppressing import address_hash
from backend.work import Work
from tests.backend.conftest import Member, Server
from tests.backend.contacts.test_contacts import add, add_fields


async def load(member: Member, content: str | bytes, **params: Any) -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    answer = await member.http.post(
        "/contacts/import", content=data, params=params, headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def contacts(member: Member) -> dict[str, dict[str, Any]]:
    return {c["email"]: c for c in (await member.ok("GET", "/contacts?limit=200"))["contacts"]}


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["added"], answer["changed"], answer["same"], answer["skipped"]


FILE = """E-Mail,Name,City,Plan,Age,VIP,Birthday,Ignored
Ann@x.example,"Ann, the first",Oslo,pro,41,yes,1990-02-28,1
bob@x.example,,,,,,,
"""


class TestGood:
    async def test_new_contacts_with_typed_fields(self, owner: Member) -> None:
        await add_fields(owner)
        answer = await load(owner, FILE)
        assert (counts(answer), answer["problems"]) == ((2, 0, 0, 0), [])
        ann = (await contacts(owner))["ann@x.example"]
        assert ann["name"] == "Ann, the first"
        assert ann["fields"] == {
            "city": "Oslo",
            "plan": "Pro",
            "age": 41.0,
            "vip": True,
            "birthday": "1990-02-28",
        }

    async def test_again_changes_nothing_and_empty_cells_erase_nothing(self, owner: Member) -> None:
        await add_fields(owner)
        await load(owner, FILE)
        assert counts(await load(owner, FILE)) == (0, 0, 2, 0)
        assert counts(await load(owner, "email,name,city\nann@x.example,,Bergen\n")) == (0, 1, 0, 0)
        ann = (await contacts(owner))["ann@x.example"]
        assert (ann["name"], ann["fields"]["city"], ann["fields"]["age"]) == (
            "Ann, the first",
            "Bergen",
            41.0,
        )

    async def test_what_was_imported_can_be_found(self, owner: Member) -> None:
        await add_fields(owner)
        await load(owner, FILE)
        preview = await owner.ok(
            "POST", "/segments/preview", {"text": 'plan = "Pro" and age > 40 and vip = true'}
        )
        assert [c["email"] for c in preview["sample"]] == ["ann@x.example"]

    async def test_a_dry_run_tells_and_does_nothing(self, owner: Member) -> None:
        await load(owner, "email,name\nann@x.example,Ann\n")
        answer = await load(owner, "email,name\nann@x.example,Anna\nbob@x.example,Bob\nbad\n", dryRun="true")
        assert (counts(answer), answer["dryRun"]) == ((1, 1, 0, 1), True)
        assert {e: c["name"] for e, c in (await contacts(owner)).items()} == {"ann@x.example": "Ann"}

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    async def test_delimiters(self, owner: Member, delimiter: str) -> None:
        await load(owner, f"name{delimiter}email\r\nJosé{delimiter}j@x.example\r\n")
        assert (await contacts(owner))["j@x.example"]["name"] == "José"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    async def test_encodings(self, owner: Member, encoding: str) -> None:
        await load(owner, "email,name\nj@x.example,José Müller\n".encode(encoding))
        assert (await contacts(owner))["j@x.example"]["name"] == "José Müller"

    async def test_columns_as_the_person_says(self, owner: Member) -> None:
        answer = await load(
            owner, "Kontakt,Wer,Name\na@x.example,Ann,no\n", map=["Kontakt=email", "Wer=name", "Name="]
        )
        assert counts(answer) == (1, 0, 0, 0)
        assert (await contacts(owner))["a@x.example"]["name"] == "Ann"

    async def test_many(self, owner: Member) -> None:
        rows = "\n".join(f"p{i}@x.example,P{i}" for i in range(4500))
        assert counts(await load(owner, f"email,name\n{rows}")) == (4500, 0, 0, 0)
        assert counts(await load(owner, f"email,name\n{rows}".replace("P44", "Q44"))) == (0, 111, 4389, 0)
        assert (await owner.ok("GET", "/contacts?limit=1"))["total"] == 4500


class TestBorders:
    async def test_who_left_or_bounced_stays_away(self, owner: Member) -> None:
        for status in ("unsubscribed", "bounced"):
            made = await add(owner, f"{status}@x.example")
            await owner.ok("PATCH", f"/contacts/{made['id']}", {"status": status})
        file = "email,name,status\nunsubscribed@x.example,U,subscribed\nbounced@x.example,B,subscribed\n"
        assert counts(await load(owner, file)) == (0, 2, 0, 0)
        assert {c["name"]: c["status"] for c in (await contacts(owner)).values()} == {
            "U": "unsubscribed",
            "B": "bounced",
        }
        worse = "email,status\nunsubscribed@x.example,bounced\nbounced@x.example,unsubscribed\n"
        assert counts(await load(owner, worse)) == (0, 0, 2, 0)

    async def test_a_status_in_the_file_may_take_someone_out(self, owner: Member) -> None:
        await add(owner, "a@x.example")
        file = "email,status\na@x.example,Unsubscribed\nb@x.example,bounced\nc@x.example,maybe\n"
        assert counts(await load(owner, file)) == (1, 1, 0, 1)
        assert {c["status"] for c in (await contacts(owner)).values()} == {"unsubscribed", "bounced"}

    async def test_a_suppressed_address_is_skipped(self, owner: Member, server: Server) -> None:
        async with server.database.writer(int(owner.session.org.id)) as session:
            session.add(
                Suppression(
                    address_hash=address_hash("a@x.example"), reason="complaint", since=server.clock.now()
                )
            )
        answer = await load(owner, "email\nA@x.example\n")
        assert (counts(answer), answer["problems"]) == ((0, 0, 0, 1), ["line 2: this address is suppressed"])

    async def test_members_may_and_strangers_see_none_of_it(self, member: Member, stranger: Member) -> None:
        await load(member, "email\na@x.example\n")
        assert await contacts(stranger) == {}


class TestBroken:
    async def test_each_bad_line_says_why(self, owner: Member) -> None:
        await add_fields(owner)
        file = (
            "email,age,time_zone\n"
            "nobody,1,\n"
            "a@x.example,old,\n"
            "b@x.example,1,Mars/Base\n"
            "c@x.example,1,UTC,extra\n"
            "\n"
            "d@x.example,2,UTC\n"
            "D@x.example,3,UTC\n"
        )
        answer = await load(owner, file)
        assert counts(answer) == (1, 0, 0, 5)
        assert answer["problems"] == [
            "line 2: this is not an e-mail address",
            "line 3: age: expected a number",
            "line 4: time_zone: expected a name such as Europe/Berlin",
            "line 5: it has 4 cells, the heading has 3",
            "line 8: the same address as in line 7",
        ]

    async def test_a_line_in_another_encoding_is_named_not_guessed(self, owner: Member) -> None:
        data = "email,name\na@x.example,José\n".encode() + "b@x.example,Müller\n".encode("cp1252")
        answer = await load(owner, data + b"c@x.example,Cy\n")
        assert counts(answer) == (2, 0, 0, 1)
        assert answer["problems"] == ["line 3: this line is not valid UTF-8"]

    async def test_numbers_of_lines_count_breaks_inside_quotes(self, owner: Member) -> None:
        answer = await load(owner, 'email,name\na@x.example,"two\nlines"\nbad,x\n')
        assert answer["problems"] == ["line 4: this is not an e-mail address"]

    async def test_at_most_a_hundred_reasons(self, owner: Member) -> None:
        answer = await load(owner, "email\n" + "bad\n" * 150)
        assert (answer["skipped"], len(answer["problems"])) == (150, 100)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (b"\n\n", "empty"),
            (b"\x89PNG\r\n\x1a\n\0\0", "not a CSV file"),
            (b"\xff\xfee", "UTF-16"),
            (b"a,b\n1,2\n", "no column holds the e-mail address"),
            (b'email\n"' + b"x" * 140_000, "cannot be read as CSV"),
        ],
    )
    async def test_a_file_that_is_none(self, owner: Member, data: bytes, words: str) -> None:
        answer = await owner.http.post("/contacts/import", content=data)
        assert answer.status_code == 400
        assert words in answer.json()["detail"]
        assert await contacts(owner) == {}

    @pytest.mark.parametrize("pair", ["Nope=email", "email", "email=shoe_size", "b=email"])
    async def test_a_mapping_that_does_not_fit(self, owner: Member, pair: str) -> None:
        answer = await owner.http.post(
            "/contacts/import", content=b"email,b\na@x.example,1\n", params={"map": pair}
        )
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "map")


class TestBatches:
    async def test_a_crash_in_the_middle_is_mended_by_importing_again(
        self, owner: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = "email,name\n" + "".join(f"p{i}@x.example,P{i}\n" for i in range(5000))
        whole, written = ContactImport._write, 0

        async def broken(self: ContactImport, work: Work, batch: Sequence[ImportedRow]) -> None:
            nonlocal written
            written += 1
            if written == 2:
                raise OSError("the disk is gone")
            await whole(self, work, batch)

        monkeypatch.setattr(ContactImport, "_write", broken)
        answer = await owner.http.post("/contacts/import", content=file)
        assert answer.status_code == 500
        assert (await owner.ok("GET", "/contacts?limit=1"))["total"] == BATCH
        assert counts(await load(owner, file)) == (5000 - BATCH, 0, BATCH, 0)

    async def test_others_write_between_two_batches(
        self, owner: Member, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An edit that is waiting has its turn after the first batch, not after the last."""
        order: list[str] = []
        whole = ContactImport._write

        async def noted(self: ContactImport, work: Work, batch: Sequence[ImportedRow]) -> None:
            await whole(self, work, batch)
            order.append("batch")
            if len(order) == 1:
                edits.append(asyncio.create_task(edit()))
                await asyncio.wait(edits, timeout=0.2)

        async def edit() -> None:
            await add(member, "between@x.example")
            order.append("edit")

        edits: list[asyncio.Task[None]] = []
        monkeypatch.setattr(ContactImport, "_write", noted)
        file = "email\n" + "".join(f"p{i}@x.example\n" for i in range(7 * BATCH))
        await load(owner, file)
        await asyncio.gather(*edits)
        assert order.index("edit") in range(1, 7)

    async def test_a_removed_member_does_not_go_on_importing(
        self, owner: Member, member: Member, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = ContactImport._write
        removed = False

        async def noted(self: ContactImport, work: Work, batch: Sequence[ImportedRow]) -> None:
            nonlocal removed
            await whole(self, work, batch)
            if not removed:
                removed = True
                await work.session.execute(
                    delete(TokenFamily).where(TokenFamily.user_id == int(member.session.user.id))
                )

        monkeypatch.setattr(ContactImport, "_write", noted)
        file = "email\n" + "".join(f"p{i}@x.example\n" for i in range(2 * BATCH))
        answer = await member.http.post("/contacts/import", content=file)
        assert answer.status_code == 401
        assert (await owner.ok("GET", "/contacts?limit=1"))["total"] == BATCH

    async def test_the_same_key_again_is_answered_from_the_record(self, owner: Member) -> None:
        async def keyed(file: str) -> httpx.Response:
            headers = {"Idempotency-Key": "import-1"}
            return await owner.http.post("/contacts/import", content=file, headers=headers)

        first = await keyed("email\na@x.example\n")
        again = await keyed("email\na@x.example\n")
        assert first.json()["added"] == 1
        assert (again.json(), again.headers["handbill-feed"]) == (
            first.json(),
            first.headers["handbill-feed"],
        )
        other = await keyed("email\nb@x.example\n")
        assert (other.status_code, other.json()["code"]) == (400, "key_reused")
        assert list(await contacts(owner)) == ["a@x.example"]

    async def test_rows_are_counted_and_the_feed_is_told(self, owner: Member) -> None:
        cursor = (await owner.ok("GET", "/sync/changes"))["cursor"]
        answer = await owner.http.post("/contacts/import", content="email\na@x.example\nbad\n")
        assert answer.json()["rows"] == 2
        changes = await owner.ok("GET", f"/sync/changes?cursor={cursor}")
        assert [change["kind"] for change in changes["changes"]] == ["contacts"]
        assert changes["cursor"] == answer.headers["handbill-feed"]

    async def test_more_than_memory_should_hold_goes_over_the_disk(self, owner: Member) -> None:
        """Longer than the limit of every other request."""
        padding = "x" * 2000
        file = "email,comment\n" + "".join(f"p{i}@x.example,{padding}\n" for i in range(1500))
        assert len(file) > MAX_BODY
        assert counts(await load(owner, file)) == (1500, 0, 0, 0)

    async def test_a_line_without_an_end_does_not_fill_the_memory(self, owner: Member) -> None:
        for encoding in ("utf-8", "utf-16"):
            data = ("email\n" + "x" * 2_500_000).encode(encoding)
            answer = await owner.http.post("/contacts/import", content=data)
            assert answer.status_code == 400
            assert "line" in answer.json()["detail"]
