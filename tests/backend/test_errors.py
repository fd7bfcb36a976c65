"""Whatever goes wrong, the answer is a problem, and neither answer nor log says too much."""

from typing import Any

import httpx
import pytest
import structlog

from backend.errors import to_problem
from contract.problems import InternalError
from tests.backend.conftest import Member, Server, document


async def test_nothing_here(owner: Member) -> None:
    await owner.refused(404, "not_found", "GET", "/nothing/here")


async def test_a_method_that_is_not_there(owner: Member) -> None:
    answer = await owner.http.put("/campaigns", json={})
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.json()["status"] == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"null"])
async def test_a_body_that_is_none(owner: Member, body: bytes) -> None:
    answer = await owner.http.post("/campaigns", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.text


async def test_more_than_two_megabytes(owner: Member, anonymous: httpx.AsyncClient) -> None:
    body = {"name": "A", "contentJson": document(text="x" * 2_200_000)}
    await owner.refused(413, "too_large", "POST", "/campaigns", body)
    login = {"email": "a@b.example", "password": "x" * 2_200_000}
    assert (await anonymous.post("/auth/login", json=login)).status_code == 413


async def test_a_password_is_never_echoed(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post(
        "/auth/login", json={"email": "a", "password": "tell nobody", "x": "me too"}
    )
    assert answer.status_code == 400
    assert {error["path"] for error in answer.json()["errors"]} == {"email", "x"}
    assert "tell nobody" not in answer.text
    assert "me too" not in answer.text


async def test_our_fault_is_logged_without_what_was_sent(
    owner: Member, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret in a message")

    monkeypatch.setattr("backend.campaigns.service.documents.fresh_id", fail)
    with structlog.testing.capture_logs() as logs:
        body = {"name": "private name", "contentJson": document()}
        problem = await owner.refused(500, "internal", "POST", "/campaigns", body)
    (entry,) = logs
    assert (entry["error"], entry["path"]) == ("RuntimeError", "/api/campaigns")
    assert any("fresh_id" in frame or "fail" in frame for frame in entry["frames"])
    for secret in ("secret", "private name", owner.session.access_token):
        assert secret not in str(entry)
        assert secret not in str(problem)
    assert (await owner.ok("GET", "/campaigns"))["campaigns"] == []


async def test_health_needs_no_token(server: Server, anonymous: httpx.AsyncClient) -> None:
    for path in ("live", "ready"):
        answer = await anonymous.get(f"http://handbill/health/{path}")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_every_other_route_needs_one(server: Server, anonymous: httpx.AsyncClient) -> None:
    document = (await anonymous.get("http://handbill/schema/openapi.json")).json()
    public = {f"/api/auth/{verb}" for verb in ("login", "bootstrap", "refresh", "accept-invitation")}
    asked = 0
    for path, operations in document["paths"].items():
        for method in operations:
            if path in public or not path.startswith("/api/"):
                continue
            url = "http://handbill" + path.replace("{row_id}", "x").replace("{contact_id}", "1").replace(
                "{account_id}", "1"
            )
            answer = await anonymous.request(method.upper(), url)
            assert answer.status_code == 401, (method, path)
            assert answer.json()["code"] == "unauthenticated"
            asked += 1
    assert asked > 40


def test_an_unknown_exception_is_ours() -> None:
    assert isinstance(to_problem(KeyError("x"), None), InternalError)  # type: ignore[arg-type]
