"""The same request twice has the effect of one."""

import asyncio
from typing import Any

import httpx

from tests.backend.conftest import Member, Server, document

CONTENT = document()


async def create(member: Member, key: str, name: str = "A") -> httpx.Response:
    body = {"name": name, "contentJson": CONTENT}
    return await member.http.post("/campaigns", json=body, headers={"Idempotency-Key": key})


async def names(member: Member) -> list[str]:
    return [c["name"] for c in (await member.ok("GET", "/campaigns"))["campaigns"]]


async def test_a_repeat_gets_the_recorded_answer(owner: Member) -> None:
    first, second = await create(owner, "k1"), await create(owner, "k1")
    assert first.json() == second.json()
    assert first.headers["handbill-feed"] == second.headers["handbill-feed"]
    assert second.headers["content-type"] == "application/json"
    assert await names(owner) == ["A"]


async def test_though_the_row_moved_on(owner: Member) -> None:
    first = (await create(owner, "k1")).json()
    await owner.ok("PATCH", f"/campaigns/{first['campaign']['id']}", {"name": "Later"})
    assert (await create(owner, "k1")).json() == first
    assert await names(owner) == ["Later"]


async def test_another_request_under_the_same_key_is_refused(owner: Member) -> None:
    await create(owner, "k1")
    answer = await create(owner, "k1", "B")
    assert (answer.status_code, answer.json()["code"]) == (400, "key_reused")
    elsewhere = await owner.http.post("/segments", json={}, headers={"Idempotency-Key": "k1"})
    assert elsewhere.json()["code"] == "key_reused"


async def test_a_refused_request_leaves_its_key_free(owner: Member) -> None:
    headers = {"Idempotency-Key": "k1"}
    assert (await owner.http.post("/campaigns", json={"name": ""}, headers=headers)).status_code == 400
    assert (await create(owner, "k1")).status_code == 200


async def test_keys_are_each_persons_own(owner: Member, member: Member, stranger: Member) -> None:
    made = [
        (await create(person, "k1", "A")).json()["campaign"]["id"] for person in (owner, member, stranger)
    ]
    assert len(set(made)) == 3


async def test_at_the_same_moment(owner: Member) -> None:
    answers = await asyncio.gather(*(create(owner, "k1") for _ in range(8)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert await names(owner) == ["A"]


async def test_a_key_that_cannot_be_kept(owner: Member) -> None:
    assert (await create(owner, "k" * 201)).status_code == 400


async def test_a_send_is_not_done_twice(owner: Member, server: Server) -> None:
    segment: dict[str, Any] = await owner.ok("POST", "/segments", {"name": "S", "dslJson": {"all": []}})
    body = {"name": "A", "contentJson": document(), "segmentId": segment["segment"]["id"]}
    made = (await owner.ok("POST", "/campaigns", body))["campaign"]
    send = {"updatedAt": made["updatedAt"]}
    headers = {"Idempotency-Key": "s1"}
    answers = [
        await owner.http.post(f"/campaigns/{made['id']}/send", json=send, headers=headers) for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert server.delivery.woken == 1
