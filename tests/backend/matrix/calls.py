"""Calling an operation by its name in the table, and what every refusal looks like."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.backend.conftest import Member
from tests.backend.matrix.rules import RULES, Rule
from tests.backend.matrix.world import World


@dataclass(frozen=True)
class Call:
    """One operation, ready to be called."""

    name: str

    @property
    def rule(self) -> Rule:
        return RULES[self.name]

    def url(self, target: str | None) -> str:
        path = self.name.partition(" ")[2]
        if target is not None:
            start, end = path.index("{"), path.index("}")
            path = path[:start] + target + path[end + 1 :]
        return f"http://handbill{path}"

    async def send(
        self, client: httpx.AsyncClient, target: str | None, body: Any = None, **more: Any
    ) -> httpx.Response:
        method = self.name.partition(" ")[0]
        if body is None and self.rule.upload is not None:
            more["content"] = self.rule.upload
        elif body is not None:
            more["json"] = body
        return await client.request(method, self.url(target), **more)

    async def rightly(self, world: World, caller: Member, target: str | None) -> httpx.Response:
        """With a body that fits."""
        body = await world.fill(self.rule.body, world.owner if target else caller, target)
        return await self.send(caller.http, target, body)

    async def new_target(self, world: World) -> str | None:
        return await world.target(self.rule.target) if self.rule.target else None


def is_problem(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
        answer.text
    )
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "code"} <= set(problem)
    assert code in (None, problem["code"])
    assert (status == 401) == ("www-authenticate" in answer.headers)
    assert "handbill-feed" not in answer.headers
    return problem


async def read_document(world: World) -> dict[str, Any]:
    answer = await world.server.client().get("http://handbill/schema/openapi.json")
    document: dict[str, Any] = answer.json()
    return document
