"""Counters say how a server does, and nothing about whom it serves."""

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.backend.conftest import Member, Server, document


async def scraped(server: Server) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = await server.client().get("http://handbill/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def answers(samples: dict[Any, float], method: str, route: str, status: str) -> float:
    labels = tuple(sorted({"method": method, "route": route, "status": status}.items()))
    return samples.get(("handbill_requests_total", labels), 0.0)


async def test_answers_are_counted_by_route_refusals_too(server: Server, owner: Member) -> None:
    made = (await owner.ok("POST", "/campaigns", {"name": "A", "contentJson": document()}))["campaign"]
    for _ in range(3):
        await owner.ok("GET", f"/campaigns/{made['id']}")
    await owner.refused(404, "not_found", "GET", "/campaigns/nothing")
    await server.client().get(f"/campaigns/{made['id']}")
    samples = await scraped(server)
    route = "/api/campaigns/{row_id}"
    assert [answers(samples, "GET", route, status) for status in ("200", "404", "401")] == [3, 1, 1]
    assert answers(samples, "POST", "/api/campaigns", "200") == 1
    times = tuple(sorted({"method": "GET", "route": route}.items()))
    assert samples["handbill_request_seconds_count", times] == 5


async def test_labels_name_nobody(server: Server, owner: Member, stranger: Member) -> None:
    await owner.ok("POST", "/contacts", {"email": "ann@x.example", "name": "Ann Example"})
    await stranger.ok("GET", "/contacts?q=ann@x.example")
    await server.client().post("/auth/login", json={"email": "olive@acme.example", "password": "wrong"})
    text = (await server.client().get("http://handbill/metrics")).text
    for private in ("example", "Ann", "Acme", "Other", owner.session.access_token):
        assert private not in text, private
