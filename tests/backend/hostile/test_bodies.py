"""A body nobody sends in good faith is refused with 400 or 413, says where, repeats nothing, and is quick."""

import gc
import time
from typing import Any

import httpx
import pytest

from tests.backend.hostile.bodies import MARK, MISFITS, POISON, UNPLACED, places, put, spliced
from tests.backend.matrix.calls import Call, is_problem
from tests.backend.matrix.rules import RULES
from tests.backend.matrix.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROCESSOR_SECONDS = 3.0
"""Of this process, so that others on the machine do not matter."""

with_a_body = pytest.mark.parametrize(
    "operation", [name for name, rule in RULES.items() if rule.body is not None]
)

of_each_kind = pytest.mark.parametrize(
    "operation", ["POST /api/auth/login", "POST /api/segments/preview", "POST /api/campaigns/{row_id}"]
)
"""Open, reading and writing: what comes before any model is the same within each."""


async def _sent(world: World, call: Call, target: str | None, content: bytes, **more: Any) -> httpx.Response:
    gc.freeze()  # what thousands of tests left behind is no part of the answer
    began = time.process_time()
    answer = await call.send(world.owner.http, target, content=content, **more)
    spent = time.process_time() - began
    gc.unfreeze()
    assert spent < PROCESSOR_SECONDS
    assert MARK not in answer.text
    assert len(answer.content) < 32_000
    return answer


async def _ready(world: World, call: Call) -> tuple[str | None, Any]:
    target = await call.new_target(world)
    return target, await world.fill(call.rule.body, world.owner, target)


@with_a_body
async def test_poison_is_refused_wherever_it_is(world: World, operation: str) -> None:
    call = Call(operation)
    target, body = await _ready(world, call)
    for path in [*places(body)][:2]:
        for name, raw in POISON.items():
            content = spliced(body, path, raw)
            problem = is_problem(await _sent(world, call, target, content), 400, "invalid")
            if name not in UNPLACED:
                where = [error["path"] for error in problem["errors"]]
                assert any(place.startswith(".".join(map(str, path))[:20]) for place in where), (name, where)
    for raw in POISON.values():
        is_problem(await _sent(world, call, target, b'\n {"no": ' + raw + b"}"), 400, "invalid")


@with_a_body
async def test_values_of_another_type(world: World, operation: str) -> None:
    call = Call(operation)
    target, body = await _ready(world, call)
    for path in places(body):
        for value in MISFITS:
            answer = await call.send(world.owner.http, target, put(body, path, value))
            assert answer.status_code in (200, 400, 401, 403, 404, 409), (path, value, answer.text)
            if answer.status_code != 200:
                is_problem(answer, answer.status_code)
            if answer.status_code == 400:
                assert MARK not in answer.text


@of_each_kind
async def test_bodies_that_are_too_large(world: World, operation: str) -> None:
    call = Call(operation)
    target = await call.new_target(world)
    for content in (b'{"name": "' + b"x" * 10_000_000 + b'"}', b"[" * 10_000_000):
        is_problem(await _sent(world, call, target, content), 413, "too_large")


@of_each_kind
async def test_large_bodies_of_nothing_but_faults(world: World, operation: str) -> None:
    call = Call(operation)
    target = await call.new_target(world)
    long_names = b",".join(b'"%s%d": 1' % (b"x" * 1000, n) for n in range(1_500))
    many_names = b",".join(b'"n%d": 1' % n for n in range(120_000))
    for content in (b"{" + long_names + b"}", b"{" + many_names + b"}", b"[" + b"[]," * 500_000 + b"[]]"):
        is_problem(await _sent(world, call, target, content), 400, "invalid")


@with_a_body
async def test_bodies_that_do_not_say_they_are_json(world: World, operation: str) -> None:
    call = Call(operation)
    target, body = await _ready(world, call)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"):
        answer = await call.send(world.owner.http, target, body, headers={"content-type": kind})
        assert is_problem(answer, 400, "invalid")["errors"][0]["path"] == "Content-Type"
