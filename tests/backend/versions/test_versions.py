"""What a document held before: one version per editor and ten minutes, with who wrote it and when."""

from datetime import timedelta
from typing import Any

import pytest

from tests.backend.conftest import Member, Server, document


@pytest.fixture
async def campaign(owner: Member) -> dict[str, Any]:
    body = {"name": "May", "contentJson": document("first")}
    return (await owner.ok("POST", "/campaigns", body))["campaign"]


async def write(member: Member, campaign: dict[str, Any], subject: str) -> None:
    await member.ok("PATCH", f"/campaigns/{campaign['id']}", {"contentJson": document(subject)})


async def versions(member: Member, row: dict[str, Any]) -> list[dict[str, Any]]:
    listed = (await member.ok("GET", f"/versions?document={row['id']}"))["versions"]
    return [(await member.ok("GET", f"/versions/{each['id']}"))["version"] for each in listed]


async def subjects(member: Member, row: dict[str, Any]) -> list[str]:
    return [version["contentJson"]["subject"] for version in await versions(member, row)]


async def test_one_persons_stretch_of_writing_keeps_nothing(owner: Member, campaign: dict[str, Any]) -> None:
    for subject in ("second", "third"):
        await write(owner, campaign, subject)
    assert await subjects(owner, campaign) == []


async def test_what_stood_there_ten_minutes_on(
    owner: Member, server: Server, campaign: dict[str, Any]
) -> None:
    await write(owner, campaign, "second")
    await server.clock.advance(timedelta(minutes=10).total_seconds())
    await write(owner, campaign, "third")
    await write(owner, campaign, "fourth")
    assert await subjects(owner, campaign) == ["second"]


async def test_what_one_wrote_when_somebody_else_goes_on(
    owner: Member, member: Member, campaign: dict[str, Any]
) -> None:
    await write(member, campaign, "second")
    await write(owner, campaign, "third")
    kept = await versions(owner, campaign)
    assert [version["contentJson"]["subject"] for version in kept] == ["second", "first"]
    assert [version["savedBy"]["email"] for version in kept] == ["mel@acme.example", "olive@acme.example"]


async def test_a_new_name_or_time_is_no_version(
    owner: Member, member: Member, campaign: dict[str, Any]
) -> None:
    await member.ok("PATCH", f"/campaigns/{campaign['id']}", {"name": "June"})
    assert await subjects(owner, campaign) == []


async def test_a_sequence_keeps_its_steps(owner: Member, member: Member) -> None:
    steps = [{"id": "hello", "delayHours": 1, "contentJson": document("hello")}]
    made = (await owner.ok("POST", "/sequences", {"name": "Welcome", "steps": steps}))["sequence"]
    await member.ok("PATCH", f"/sequences/{made['id']}/steps", {"steps": []})
    [kept] = await versions(owner, made)
    assert [step["id"] for step in kept["contentJson"]["steps"]] == ["hello"]


async def test_they_go_with_their_document(owner: Member, member: Member, campaign: dict[str, Any]) -> None:
    await write(member, campaign, "second")
    [kept] = await versions(owner, campaign)
    await owner.ok("DELETE", f"/campaigns/{campaign['id']}")
    await owner.refused(404, "not_found", "GET", f"/versions/{kept['id']}")


async def test_another_organisation_sees_none(
    owner: Member, member: Member, stranger: Member, campaign: dict[str, Any]
) -> None:
    await write(member, campaign, "second")
    [kept] = await versions(owner, campaign)
    assert (await stranger.ok("GET", "/versions"))["versions"] == []
    await stranger.refused(404, "not_found", "GET", f"/versions/{kept['id']}")
