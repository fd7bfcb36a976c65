"""Queries, cursors and headers that nobody sends in good faith."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.backend.matrix.calls import Call, is_problem, read_document
from tests.backend.matrix.rules import RULES
from tests.backend.matrix.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
NUMBERS = ["-1", "0", "1e9", str(2**31), str(2**63), str(10**40), "NaN", "inf", "-0.0", "1e-400", "1.5"]
TEXTS = ["", "\0", "%", "_", "\\", "'", "\U0010ffff", "x" * 5_000, "1.0", "1.zz", "-1.a", f"{10**17}.a"]
TEXTS += ["0x1", "1_000", "²", "٣", "2026-01-01", "null", "[]"]
reading = pytest.mark.parametrize("operation", [name for name in RULES if name.startswith("GET /api")])


@reading
async def test_every_query_parameter_with_nonsense(world: World, operation: str) -> None:
    call = Call(operation)
    target = await call.new_target(world)
    document = await read_document(world)
    described = document["paths"][operation.partition(" ")[2]]["get"]
    names = [p["name"] for p in described.get("parameters", []) if p["in"] == "query"]
    for name in names:
        for value in NUMBERS + TEXTS:
            answer = await call.send(world.owner.http, target, params={name: value})
            assert answer.status_code in (200, 400, 409), (name, value, answer.text)
            if answer.status_code != 200:
                is_problem(answer, answer.status_code)


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@reading
async def test_cursors_that_were_never_given(world: World, operation: str) -> None:
    """The filter's hash is no secret: whoever knows it can write any key into a cursor."""
    call = Call(operation)
    target = await call.new_target(world)
    for _ in range(2):
        await call.new_target(world)
    for state in ("segment", "draft", "sequence", "contact"):
        await world.target(state), await world.target(state)
    first = await call.send(world.owner.http, target, params={"limit": "1"})
    is_json = first.headers["content-type"] == "application/json"
    following = first.json().get("nextCursor") if is_json else None
    if following is None or following.isdigit():
        return
    version, made_for, key, tie = json.loads(base64.urlsafe_b64decode(following + "=="))
    hostile: list[object] = [
        "\0",
        "\ud800",
        "x",
        "",
        2**63,
        -(2**63) - 1,
        10**400,
        1.5,
        None,
        True,
        [],
        {},
        "0001-01-01",
    ]
    hostile += ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00"]
    for value in hostile:
        for cursor in (
            _cursor(version, made_for, value, tie),
            _cursor(version, made_for, key, value),
            _cursor(version, value, key, tie),
            _cursor(value, made_for, key, tie),
        ):
            for name in ("cursor", "before"):
                answer = await call.send(world.owner.http, target, params={name: cursor})
                assert answer.status_code in (200, 400), (name, value, answer.text)


@pytest.mark.parametrize("operation", [name for name, rule in RULES.items() if rule.writes])
async def test_headers_with_nonsense(world: World, operation: str) -> None:
    call = Call(operation)
    target = await call.new_target(world)
    body = await world.fill(call.rule.body, world.owner, target)
    for value in ("", "x", "1.", ".", "-1.a", f"{10**30}.a", "9" * 18 + ".a", "1.é", "²."):
        headers = {"Handbill-Witness": value.encode()}
        answer = await call.send(world.owner.http, target, body, headers=headers)
        assert answer.status_code in (400, 409) or not value, (value, answer.text)
    for value in ("", "x" * 201, "x" * 5_000):
        answer = await call.send(world.owner.http, target, body, headers={"Idempotency-Key": value})
        is_problem(answer, 400, "invalid")


async def test_tokens_with_nonsense(world: World) -> None:
    for value in ("", "Bearer", "Bearer ", "Basic eA==", "Bearer a.b.c", "Bearer " + "x" * 9_000, "Bearer é"):
        client = world.server.client()
        answer = await client.get("/me", headers={"Authorization": value.encode()})
        is_problem(answer, 401, "unauthenticated")
    for token in ("", "x", ".", "a.b.c", "%00", "é", "x" * 5_000):
        answer = await world.server.client().get(f"http://handbill/u/{quote(token)}")
        assert answer.status_code == 404
