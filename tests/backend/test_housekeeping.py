"""What is forgotten, when, and what is not."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from backend.db.models.delivery import WorkerSession
from backend.db.models.feed import FeedEntry
from backend.db.models.ledger import IdempotencyRecord
from backend.housekeeping import tidy
from tests.backend.conftest import Member, Server, document


async def draft(member: Member, **headers: str) -> dict[str, Any]:
    body = {"name": "A", "contentJson": CONTENT}
    answer = await member.http.post("/campaigns", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["campaign"]


CONTENT = document()


async def later(server: Server, member: Member, days: float) -> Member:
    """The same person, signed in anew after some days and a round of housekeeping."""
    await server.clock.advance(days * 86400)
    await tidy(server.database, server.clock.now())
    return await server.sign_in(int(member.session.org.id), int(member.session.user.id))


async def pull(member: Member, cursor: str = "") -> dict[str, Any]:
    return await member.ok("GET", "/sync/changes", params={"cursor": cursor})


async def test_the_feed_keeps_what_lives_and_forgets_what_was(server: Server, owner: Member) -> None:
    lives, dies = await draft(owner), await draft(owner)
    early = (await pull(owner))["cursor"]
    await owner.ok("PATCH", f"/campaigns/{lives['id']}", {"name": "B"})
    await owner.ok("DELETE", f"/campaigns/{dies['id']}")
    await draft(owner)
    head = (await pull(owner))["cursor"]
    soon = await later(server, owner, 179)
    assert [c["deleted"] for c in (await pull(soon, early))["changes"]] == [False, True, False]
    late = await later(server, owner, 2)
    await late.refused(409, "cursor_expired", "GET", f"/sync/changes?cursor={early}")
    assert (await pull(late, head))["changes"] == []
    assert {c["id"] for c in (await pull(late))["changes"] if c["kind"] == "campaign"} >= {lives["id"]}
    assert all(c["id"] != dies["id"] for c in (await pull(late))["changes"])


async def test_the_newest_entry_stays_whatever_it_is(server: Server, owner: Member) -> None:
    made = await draft(owner)
    await owner.ok("DELETE", f"/campaigns/{made['id']}")
    late = await later(server, owner, 400)
    assert (await draft(late))["name"] == "A"
    async with server.database.reader(int(owner.session.org.id)) as session:
        assert await session.scalar(select(func.count()).select_from(FeedEntry)) == 3


async def test_an_answer_is_shortened_then_its_key_forgotten(server: Server, owner: Member) -> None:
    key = {"Idempotency-Key": "k1"}
    made = await draft(owner, **key)
    soon = await later(server, owner, 1.1)
    body = {"name": "A", "contentJson": CONTENT}
    again = await soon.http.post("/campaigns", json=body, headers=key)
    assert again.json() == {"campaign": {"id": made["id"], "updatedAt": made["updatedAt"]}}
    late = await later(server, owner, 90)
    assert (await draft(late, **key))["id"] != made["id"]
    async with server.database.reader(int(owner.session.org.id)) as session:
        oldest = await session.scalar(select(func.min(IdempotencyRecord.at)))
    assert server.clock.now() - oldest < timedelta(days=1)


async def test_a_sign_in_that_ended_is_forgotten_and_others_stay(server: Server, owner: Member) -> None:
    late = await later(server, owner, 61)
    await tidy(server.database, server.clock.now())
    await late.ok("GET", "/campaigns")


async def test_a_worker_session_is_forgotten_a_week_after_it_was_fenced(server: Server) -> None:
    now = server.clock.now()
    week = timedelta(days=7, seconds=1)
    kept = {"alive": (now, False), "late": (now - week, False), "fenced": (now - week / 2, True)}
    async with server.database.system_writer() as session:
        for name, (expires, fenced) in (kept | {"old": (now - week, True)}).items():
            session.add(WorkerSession(id=name, started_at=now - week, expires_at=expires, fenced=fenced))
    await tidy(server.database, now)
    async with server.database.system_reader() as session:
        assert set(await session.scalars(select(WorkerSession.id))) == set(kept)
