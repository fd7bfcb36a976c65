"""Every operation of the OpenAPI document x everyone who may call x everything that may be wrong."""

from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute

from backend.transaction import OrgTransaction
from backend.write_limit import WriteLimit
from contract.clock import ManualClock
from tests.backend.matrix.calls import Call, is_problem, read_document
from tests.backend.matrix.rules import OUTSIDE_THE_DOCUMENT, RULES, Conflict, Who
from tests.backend.matrix.world import World, another_organisation, missing_id

UNKNOWN_FIELD = {"noSuchField": 1}
METHODS = {"get", "post", "put", "patch", "delete"}
ROW_OF_ANOTHER = {"orgId": "2"}

pytestmark = pytest.mark.asyncio(loop_scope="module")
each_operation = pytest.mark.parametrize("operation", RULES)
with_a_body = [name for name, rule in RULES.items() if rule.body is not None]
with_a_target = [name for name, rule in RULES.items() if rule.target is not None]
signed_in_only = [name for name, rule in RULES.items() if rule.who is not Who.ANYONE]


async def test_every_operation_has_a_rule(world: World) -> None:
    document = await read_document(world)
    found = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method in METHODS & set(operations)
    }
    assert found == set(RULES)


async def test_nothing_answers_that_the_document_hides(world: World) -> None:
    documented = set((await read_document(world))["paths"])
    answering = {route.path_format for route in world.server.app.routes if isinstance(route, HTTPRoute)}
    hidden = {path for path in answering - documented if not path.startswith("/schema")}
    assert hidden == OUTSIDE_THE_DOCUMENT


@pytest.mark.parametrize("operation", signed_in_only)
async def test_without_a_session(world: World, operation: str) -> None:
    call = Call(operation)
    target = await call.new_target(world)
    for who, client in world.refused.items():
        for body in (await world.fill(call.rule.body, world.owner, target), UNKNOWN_FIELD):
            for wanted in (target, target and missing_id(call.rule.target or "")):
                answer = await call.send(client, wanted, body if call.rule.body is not None else None)
                problem = is_problem(answer, 401, "unauthenticated")
                assert operation not in problem["detail"], who


@each_operation
async def test_roles(world: World, operation: str) -> None:
    call = Call(operation)
    for caller in (world.member, world.admin, world.owner):
        target = await call.new_target(world)
        stand_in = world.another if call.rule.ends_sessions else world.again
        answer = await call.rightly(world, await stand_in(caller), target)
        if call.rule.who.lets(caller.session.role):
            assert answer.status_code == 200, answer.text
        else:
            is_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("operation", with_a_body)
async def test_invalid_bodies(world: World, operation: str) -> None:
    call = Call(operation)
    caller = world.owner
    body = await world.fill(call.rule.body, caller, target := await call.new_target(world))
    for wrong, path in ((UNKNOWN_FIELD, "noSuchField"), (ROW_OF_ANOTHER, "orgId")):
        if path in call.rule.body or (operation, path) == ("POST /api/auth/login", "orgId"):
            continue
        problem = is_problem(await call.send(caller.http, target, body | wrong), 400, "invalid")
        assert path in [error["path"] for error in problem["errors"]]
    for nonsense in ([], "text", 1):
        is_problem(await call.send(caller.http, target, nonsense), 400)
    for broken in (b"", b"{", b"\xff", b'{"name": }'):
        is_problem(await call.send(caller.http, target, content=broken), 400)


@pytest.mark.parametrize("operation", [name for name in RULES if RULES[name].wrong is not None])
async def test_wrong_credentials(world: World, operation: str) -> None:
    call = Call(operation)
    is_problem(await call.send(world.server.client(), None, call.rule.wrong), 401, "unauthenticated")


@pytest.mark.parametrize("operation", with_a_target)
async def test_a_foreign_id_is_as_missing_as_one_that_never_was(world: World, operation: str) -> None:
    call = Call(operation)
    ours = await call.new_target(world)
    missing = missing_id(call.rule.target or "")
    body = await world.fill(call.rule.body, world.owner, ours)
    nothing = await call.send(world.stranger.http, missing, body)
    foreign = await call.send(world.stranger.http, ours, body)
    is_problem(nothing, 404, "not_found")
    assert (foreign.status_code, foreign.headers, foreign.content) == (
        nothing.status_code,
        nothing.headers,
        nothing.content,
    )
    for caller in (world.member, world.admin, world.owner):
        refusals = (404,) if call.rule.who.lets(caller.session.role) else (404, 403)
        is_problem(answer := await call.send(caller.http, missing, body), answer.status_code)
        assert answer.status_code in refusals
    for garbled in ("x", "-1", "9" * 40, "%00", "%F0%9F%92%A9", "1e3"):
        is_problem(await call.send(world.owner.http, garbled, body), 404, "not_found")


def _named(body: Any, name: str, value: str) -> Any:
    """The body with another id wherever `$name` was."""
    match body:
        case str() if body == f"${name}":
            return value
        case dict():
            return {key: _named(part, name, value) for key, part in body.items()}
        case list():
            return [_named(part, name, value) for part in body]
        case _:
            return body


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (operation, name)
        for operation in with_a_body
        for name in ("segment", "contact")
        if f"'${name}'" in str(RULES[operation].body)
    ],
)
async def test_a_foreign_id_in_a_body_is_as_missing_too(world: World, operation: str, name: str) -> None:
    call = Call(operation)
    caller = await another_organisation(world.server)
    theirs = World(world.server, *[caller] * 4, {})
    answers = []
    for wanted in (missing_id(name), await world.target(name)):
        target = await Call(operation).new_target(theirs)
        body = await theirs.fill(_named(call.rule.body, name, wanted), caller, target)
        answer = await call.send(caller.http, target, body)
        assert answer.status_code < 500, answer.text
        if answer.status_code != 200:
            is_problem(answer, answer.status_code)
        made = [target or "-", str(body.get("updatedAt", "-")), wanted]
        answers.append((answer.status_code, _without(answer, made)))
    assert answers[0] == answers[1]


def _without(answer: httpx.Response, made: list[str]) -> Any:
    """The answer without the ids and times that differ from request to request."""
    text = answer.text
    for part in made:
        text = text.replace(part, "#")
    if answer.status_code != 200:
        return text
    return sorted(answer.json())


@pytest.mark.parametrize("operation", [name for name in RULES if RULES[name].conflict is not None])
async def test_conflicts(world: World, operation: str) -> None:
    call = Call(operation)
    conflict = call.rule.conflict
    assert isinstance(conflict, Conflict)
    for caller in (world.member, world.admin, world.owner):
        target = await world.target(conflict.target) if conflict.target else None
        body = await world.fill(conflict.body, world.owner, target)
        answer = await call.send(caller.http, target, body, params=dict(conflict.query))
        role = caller.session.role
        if not (call.rule.who.lets(role) and conflict.who.lets(role)):
            assert answer.status_code in (403, 409)
            continue
        problem = is_problem(answer, 409, conflict.code)
        if conflict.code == "stale_write":
            assert problem["current"]["id"] == target


@pytest.mark.parametrize("operation", with_a_body)
async def test_too_large(world: World, operation: str) -> None:
    call = Call(operation)
    target = await call.new_target(world)
    large = b'{"name": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    is_problem(await call.send(world.owner.http, target, content=large), 413, "too_large")


async def test_too_many_writes(world: World) -> None:
    """Reading goes on, and so does leaving."""
    caller = world.admin
    targets = {name: await Call(name).new_target(world) for name in RULES}
    bodies = {name: await world.fill(RULES[name].body, caller, targets[name]) for name in RULES}
    limit = WriteLimit(ManualClock(), burst=1)
    limit.take(int(caller.session.org.id))
    transaction = next(part for part in world.server.app.middleware if isinstance(part, OrgTransaction))
    transaction._write_limit, usual = limit, transaction._write_limit
    try:
        for name, rule in RULES.items():
            client = world.server.client() if "/auth/" in name else caller.http
            answer = await Call(name).send(client, targets[name], bodies[name])
            if rule.writes:
                assert int(answer.headers["retry-after"]) >= 1
                is_problem(answer, 429, "throttled")
            else:
                assert answer.status_code != 429, (name, answer.text)
    finally:
        transaction._write_limit = usual
