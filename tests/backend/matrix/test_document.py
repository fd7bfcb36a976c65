"""The OpenAPI document says what is so: who needs a session, what is sent, what may come back."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.backend.matrix.calls import Call, read_document
from tests.backend.matrix.rules import RULES, Who
from tests.backend.matrix.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
PROBLEMS = {"400", "401", "403", "404", "409", "413", "429", "500"}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


async def test_every_operation_names_its_problems_and_who_may_call(world: World) -> None:
    for name, operation in _operations(await read_document(world)):
        is_open = RULES[name].who is Who.ANYONE
        assert (operation.get("security") == []) == is_open, name
        assert operation["summary"], name
        if name.startswith("GET /health"):
            continue
        assert PROBLEMS | {"200"} == set(operation["responses"]), name
        for status in PROBLEMS:
            assert set(operation["responses"][status]["content"]) == {"application/problem+json"}, name
        assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
        assert "Retry-After" in operation["responses"]["429"]["headers"]


async def test_every_reference_leads_somewhere(world: World) -> None:
    document = await read_document(world)
    named = set(document["components"]["schemas"])
    text = json.dumps(document)
    for name in named:
        assert f'"#/components/schemas/{name}"' in text, name
    assert text.count('"$ref"') == sum(text.count(f'"#/components/schemas/{name}"') for name in named)


async def test_models_are_as_strict_as_the_server(world: World) -> None:
    schemas = (await read_document(world))["components"]["schemas"]
    create = schemas["CampaignCreate"]
    assert create["additionalProperties"] is False
    assert create["properties"]["name"]["maxLength"] == 200
    assert "pattern" in create["properties"]["segmentId"]["anyOf"][0]


@pytest.mark.parametrize(
    "operation", [name for name, rule in RULES.items() if rule.body is not None or rule.upload is not None]
)
async def test_the_example_of_every_body_is_one_the_server_reads(world: World, operation: str) -> None:
    """It names ids that are not there, so it may be refused; never as a request that is not valid."""
    described = dict(_operations(await read_document(world)))[operation]
    ((media, body),) = described["requestBody"]["content"].items()
    example = body["example"]
    call = Call(operation)
    target = await call.new_target(world)
    content = example if media == "text/csv" else json.dumps(example)
    client = (await world.again(world.owner)).http
    answer: httpx.Response = await call.send(client, target, content=content, headers={"content-type": media})
    allowed = {200, 401, 403, 404, 409} if "/auth/" in operation else {200, 404, 409}
    assert answer.status_code in allowed, answer.text


async def test_writes_name_their_headers(world: World) -> None:
    for name, operation in _operations(await read_document(world)):
        sent = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        given = set(operation["responses"]["200"].get("headers", {}))
        assert ("Idempotency-Key" in sent) == ("Handbill-Feed" in given) == RULES[name].writes, name
