"""Writers of one organisation take turns on both databases, and nobody loses what was saved."""

import asyncio
from typing import Any

import httpx
import sqlalchemy as sa

from backend.db.models.org import TokenFamily
from backend.db.models.segment import Segment
from tests.backend.conftest import Member, Server

CLIENTS = 50
ROUNDS = 3


async def _save(http: httpx.AsyncClient, path: str, name: str, version: str) -> httpx.Response:
    return await http.patch(path, json={"name": name, "updatedAt": version})


async def test_of_many_who_saw_the_same_version_one_wins(owner: Member) -> None:
    made = await owner.ok("POST", "/segments", {"name": "start", "dslJson": {"all": []}})
    current: dict[str, Any] = made["segment"]
    path = f"/segments/{current['id']}"
    for turn in range(ROUNDS):
        saves = (
            _save(owner.http, path, f"{turn}-{client}", current["updatedAt"]) for client in range(CLIENTS)
        )
        answers = await asyncio.gather(*saves)
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200] + [409] * (CLIENTS - 1)
        won = next(answer.json()["segment"] for answer in answers if answer.status_code == 200)
        current = (await owner.ok("GET", path))["segment"]
        assert (current["name"], current["updatedAt"]) == (won["name"], won["updatedAt"])


async def test_the_feed_has_every_change_once_and_in_order(
    server: Server, owner: Member, stranger: Member
) -> None:
    """Two organisations write at once; each one's numbers have no gap."""
    writers = [member for member in (owner, stranger) for _ in range(10)]
    saves = (member.ok("POST", "/segments", {"name": "x", "dslJson": {"all": []}}) for member in writers)
    await asyncio.gather(*saves)
    for member in (owner, stranger):
        pulled = (await member.ok("GET", "/sync/changes?limit=200"))["changes"]
        assert len({change["id"] for change in pulled if change["kind"] == "segment"}) == 10


async def test_the_same_key_at_the_same_moment_writes_once(owner: Member) -> None:
    body = {"name": "once", "dslJson": {"all": []}}
    headers = {"Idempotency-Key": "the same"}
    answers = await asyncio.gather(
        *(owner.http.post("/segments", json=body, headers=headers) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["segment"]["id"] for answer in answers}) == 1
    assert len((await owner.ok("GET", "/segments"))["segments"]) == 1


async def test_who_is_signed_out_while_waiting_for_the_turn_writes_nothing(
    server: Server, owner: Member
) -> None:
    """What a request may do is read after its wait, not before."""
    org_id = int(owner.session.org.id)
    async with server.database.writer(org_id) as session:
        waiting = asyncio.create_task(
            owner.http.post("/segments", json={"name": "late", "dslJson": {"all": []}})
        )
        await asyncio.sleep(0)
        await session.execute(sa.update(TokenFamily).values(revoked_at=server.clock.now()))
    assert (await waiting).status_code == 401
    async with server.database.reader(org_id) as session:
        assert (await session.scalars(sa.select(Segment.name))).all() == []
