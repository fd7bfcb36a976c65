"""The OpenAPI document tells the truth about routes, names and errors."""

import httpx

from tests.backend.conftest import Server

CONTRACT = {
    "/api/segments": {"get", "post"},
    "/api/segments/{row_id}": {"get", "patch", "delete"},
    "/api/segments/{row_id}/members": {"post", "delete"},
    "/api/segments/preview": {"post"},
    "/api/campaigns": {"get", "post"},
    "/api/campaigns/{row_id}": {"get", "post", "patch", "delete"},
    "/api/campaigns/{row_id}/send": {"post"},
    "/api/sequences": {"get", "post"},
    "/api/sequences/{row_id}": {"get", "post", "patch", "delete"},
    "/api/sequences/{row_id}/steps": {"patch"},
    "/api/contacts": {"get", "post"},
    "/api/contacts/import": {"post"},
    "/api/sync/changes": {"get"},
    "/api/me": {"get"},
}


async def test_the_contracts_routes_answer_200_and_name_their_errors(server: Server) -> None:
    document = (await server.client().get("http://handbill/schema/openapi.json")).json()
    for path, methods in CONTRACT.items():
        assert methods <= set(document["paths"][path]), path
    for path, operations in document["paths"].items():
        if not path.startswith("/api/"):
            continue
        for method, operation in operations.items():
            success = {code for code in operation["responses"] if code.startswith("2")}
            assert success == {"200"}, (method, path)
            problems = operation["responses"]["400"]["content"]
            assert set(problems) == {"application/problem+json"}, (method, path)


async def test_names_are_camel_case(server: Server) -> None:
    document = (await server.client().get("http://handbill/schema/openapi.json")).json()
    campaign = document["components"]["schemas"]["Campaign"]["properties"]
    assert {"contentJson", "updatedAt", "segmentId", "orgId"} <= set(campaign)
    assert not any("_" in name for name in campaign)


async def test_security(server: Server) -> None:
    client: httpx.AsyncClient = server.client()
    document = (await client.get("http://handbill/schema/openapi.json")).json()
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


async def test_what_is_made_links_to_what_can_be_done_with_it(server: Server) -> None:
    document = (await server.client().get("http://handbill/schema/openapi.json")).json()
    operations = {
        operation["operationId"]: path
        for path, each in document["paths"].items()
        for operation in each.values()
    }
    links = document["paths"]["/api/contacts"]["post"]["responses"]["200"]["links"]
    assert {operations[name] for name in links} == {
        "/api/contacts/{contact_id}",
        "/api/contacts/{contact_id}/timeline",
    }
    assert {link["parameters"]["contact_id"] for link in links.values()} == {"$response.body#/contact/id"}
    assert "links" not in document["paths"]["/api/members"]["post"]["responses"]["200"], (
        "an invitation is no member"
    )
