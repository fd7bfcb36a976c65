"""Where the organisation asks for it, nothing goes out before somebody else approved just this."""

from typing import Any

import pytest

from contract.delivery import Funnel
from tests.backend.campaigns.test_sending import ready, segment
from tests.backend.conftest import Member, Server, document


@pytest.fixture
async def campaign(owner: Member) -> dict[str, Any]:
    await owner.ok("PATCH", "/org", {"needsApproval": True})
    return await ready(owner)


async def audience_hash(member: Member, campaign: dict[str, Any]) -> str:
    return str((await member.ok("GET", f"/campaigns/{campaign['id']}/audience"))["audienceHash"])


async def approve(member: Member, campaign: dict[str, Any]) -> dict[str, Any]:
    version = (await member.ok("GET", f"/campaigns/{campaign['id']}"))["campaign"]["updatedAt"]
    body = {"updatedAt": version, "audienceHash": await audience_hash(member, campaign)}
    return (await member.ok("POST", f"/campaigns/{campaign['id']}/approve", body))["approval"]


async def refused(member: Member, campaign: dict[str, Any]) -> None:
    await member.refused(409, "approval_required", "POST", f"/campaigns/{campaign['id']}/send", {})


async def test_without_one_nothing_is_sent(owner: Member, campaign: dict[str, Any]) -> None:
    await refused(owner, campaign)
    change = {"status": "SCHEDULED", "sendAt": "2026-03-05T10:00:00Z"}
    await owner.refused(409, "approval_required", "PATCH", f"/campaigns/{campaign['id']}", change)


async def test_one_does_not_approve_for_oneself(owner: Member, campaign: dict[str, Any]) -> None:
    await approve(owner, campaign)
    await refused(owner, campaign)


async def test_with_somebody_elses_it_goes(owner: Member, member: Member, campaign: dict[str, Any]) -> None:
    shown = await approve(member, campaign)
    assert (shown["required"], shown["stands"], shown["approvedBy"]["email"]) == (
        True,
        True,
        "mel@acme.example",
    )
    sent = await owner.ok("POST", f"/campaigns/{campaign['id']}/send", {})
    assert sent["campaign"]["status"] == "SCHEDULED"


async def test_a_word_is_bound_to_the_content(
    owner: Member, member: Member, campaign: dict[str, Any]
) -> None:
    await approve(member, campaign)
    await owner.ok("PATCH", f"/campaigns/{campaign['id']}", {"contentJson": document("Other")})
    assert (await owner.ok("GET", f"/campaigns/{campaign['id']}/approval"))["approval"]["stands"] is False
    await refused(owner, campaign)


async def test_and_to_the_segment(owner: Member, member: Member, campaign: dict[str, Any]) -> None:
    await approve(member, campaign)
    other = {"segmentId": await segment(owner)}
    await owner.ok("PATCH", f"/campaigns/{campaign['id']}", other)
    await refused(owner, campaign)


async def test_also_once_it_is_scheduled(owner: Member, member: Member, campaign: dict[str, Any]) -> None:
    await approve(member, campaign)
    await owner.ok("POST", f"/campaigns/{campaign['id']}/send", {"sendAt": "2026-03-05T10:00:00Z"})
    other = {"segmentId": await segment(owner)}
    await owner.refused(409, "approval_required", "PATCH", f"/campaigns/{campaign['id']}", other)
    later = {"sendAt": "2026-03-06T10:00:00Z"}
    await owner.ok("PATCH", f"/campaigns/{campaign['id']}", later)


async def test_and_to_who_would_get_it(
    owner: Member, member: Member, server: Server, campaign: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await approve(member, campaign)

    async def grown(*_: Any) -> Funnel:
        return Funnel(
            matched=9, suppressed=0, unsubscribed=0, duplicate=0, will_send=9, audience_hash="grown"
        )

    monkeypatch.setattr(server.delivery, "audience", grown)
    await refused(owner, campaign)


async def test_only_what_was_looked_at_is_approved(
    owner: Member, member: Member, campaign: dict[str, Any]
) -> None:
    path, version = f"/campaigns/{campaign['id']}/approve", campaign["updatedAt"]
    drifted = {"updatedAt": version, "audienceHash": "another"}
    await member.refused(409, "audience_drifted", "POST", path, drifted)
    await owner.ok("PATCH", f"/campaigns/{campaign['id']}", {"name": "Edited"})
    stale = {"updatedAt": version, "audienceHash": await audience_hash(owner, campaign)}
    await member.refused(409, "stale_write", "POST", path, stale)


async def test_who_may_not_send_may_not_approve(
    owner: Member, member: Member, campaign: dict[str, Any]
) -> None:
    await owner.ok("PATCH", "/org", {"membersMaySend": False})
    body = {"updatedAt": campaign["updatedAt"], "audienceHash": await audience_hash(owner, campaign)}
    await member.refused(403, "forbidden", "POST", f"/campaigns/{campaign['id']}/approve", body)
