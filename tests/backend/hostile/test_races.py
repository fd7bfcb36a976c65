"""Fifty clients write the same version at once: one wins each round, and nobody's accepted word is lost."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from contract.ids import new_document_id
from tests.backend.conftest import Member, document
from tests.backend.matrix.calls import is_problem
from tests.backend.matrix.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
CLIENTS = 50
ROUNDS = 4
KINDS = {"campaigns": "draft", "sequences": "sequence", "segments": "segment"}


async def _row(owner: Member, path: str) -> dict[str, Any]:
    answer = await owner.ok("GET", path)
    row: dict[str, Any] = answer[path.split("/")[1].removesuffix("s")]
    return row


@pytest.mark.parametrize("kind", KINDS)
async def test_one_wins_each_round(world: World, kind: str) -> None:
    path = f"/{kind}/{await world.target(KINDS[kind])}"
    method = "PATCH" if kind == "segments" else "POST"
    versions = [(await _row(world.owner, path))["updatedAt"]]
    for turn in range(ROUNDS):
        bodies = [{"name": f"{turn} {client}", "updatedAt": versions[-1]} for client in range(CLIENTS)]
        answers = await asyncio.gather(
            *(world.owner.http.request(method, path, json=body) for body in bodies)
        )
        won = [body["name"] for body, answer in zip(bodies, answers, strict=True) if answer.is_success]
        row = await _row(world.owner, path)
        assert won == [row["name"]]
        for answer in answers:
            if not answer.is_success:
                assert is_problem(answer, 409, "stale_write")["current"]["name"] == row["name"]
        versions.append(row["updatedAt"])
    assert versions == sorted(set(versions))


async def test_everyone_gets_a_word_in_by_trying_again(world: World) -> None:
    """Each adds a block to the newest version until it is taken; in the end all of them are there."""
    path = f"/campaigns/{await world.target('draft')}"

    async def add(block: str) -> None:
        while True:
            row = await _row(world.owner, path)
            content = row["contentJson"]
            content["blocks"].append({"id": block, "type": "divider"})
            body = {"contentJson": content, "updatedAt": row["updatedAt"]}
            answer = await world.owner.http.post(path, json=body)
            if answer.is_success:
                return
            is_problem(answer, 409, "stale_write")

    wanted = [f"b{number}" for number in range(12)]
    await asyncio.gather(*(add(block) for block in wanted))
    blocks = (await _row(world.owner, path))["contentJson"]["blocks"]
    assert {block["id"] for block in blocks} >= set(wanted)


async def test_one_id_is_made_once(world: World) -> None:
    body = {"id": new_document_id(), "name": "May", "contentJson": document()}
    answers = await asyncio.gather(*(world.owner.http.post("/campaigns", json=body) for _ in range(CLIENTS)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}


async def test_one_key_has_one_effect(world: World) -> None:
    """All get the answer of whoever came first, however their requests overlap."""
    body = {"name": "May", "contentJson": document()}
    headers = {"Idempotency-Key": new_document_id()}
    answers = await asyncio.gather(
        *(world.owner.http.post("/campaigns", json=body, headers=headers) for _ in range(CLIENTS))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["campaign"]["id"] for answer in answers}) == 1


async def test_one_address_is_taken_once(world: World) -> None:
    body = {"email": f"{new_document_id()}@example.com"}
    answers = await asyncio.gather(*(world.owner.http.post("/contacts", json=body) for _ in range(CLIENTS)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}


async def test_the_feed_counts_every_change_once(world: World) -> None:
    start = (await world.owner.ok("GET", "/sync/changes?limit=500"))["cursor"]
    while (page := await world.owner.ok("GET", f"/sync/changes?limit=500&cursor={start}"))["hasMore"]:
        start = page["cursor"]
    start = page["cursor"]
    bodies = [{"name": f"{n}", "contentJson": document()} for n in range(CLIENTS)]
    answers = await asyncio.gather(*(world.owner.http.post("/campaigns", json=body) for body in bodies))
    positions = sorted(int(answer.headers["handbill-feed"].partition(".")[0]) for answer in answers)
    assert len(set(positions)) == CLIENTS
    page = await world.owner.ok("GET", f"/sync/changes?limit=500&cursor={start}")
    made = [answer.json()["campaign"]["id"] for answer in answers]
    assert sorted(change["id"] for change in page["changes"]) == sorted(made)
