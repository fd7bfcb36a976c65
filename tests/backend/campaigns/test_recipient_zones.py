"""Scheduling for one time of day, wherever somebody is."""

from typing import Any

import pytest

from tests.backend.campaigns.test_sending import ready
from tests.backend.conftest import Member

AT_NINE = {"sendAt": "2026-03-05T10:00:00Z", "localTime": "2026-03-05T11:00:00"}
"""For a sender one hour before UTC."""


async def contact(owner: Member, zone: str) -> None:
    await owner.ok("POST", "/contacts", {"email": f"{zone.rpartition('/')[2]}@x.example", "timeZone": zone})


@pytest.fixture
async def campaign(owner: Member) -> str:
    await contact(owner, "Europe/Paris")
    await contact(owner, "America/Bogota")
    return f"/campaigns/{(await ready(owner))['id']}"


async def send(owner: Member, campaign: str, **more: Any) -> dict[str, Any]:
    return dict((await owner.ok("POST", f"{campaign}/send", AT_NINE | more))["campaign"])


async def test_it_begins_where_it_is_that_time_first(owner: Member, campaign: str) -> None:
    await contact(owner, "Asia/Tokyo")
    sent = await send(owner, campaign)
    (entry,) = (await owner.ok("GET", "/outbox"))["campaigns"]
    assert (entry["localTime"], entry["startsAt"]) == (sent["localTime"], sent["startsAt"])
    assert (sent["localTime"], sent["startsAt"]) == ("2026-03-05T11:00:00", "2026-03-05T02:00:00.000000Z")
    assert sent["sendAt"] == "2026-03-05T10:00:00.000000Z"


async def test_those_whose_zone_is_not_known_may_be_the_first(owner: Member, campaign: str) -> None:
    sent = await send(owner, campaign, sendAt="2026-03-05T01:00:00Z")
    assert sent["startsAt"] == "2026-03-05T01:00:00.000000Z"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"localTime": "2026-03-05T11:00:00"}, "it needs sendAt"),
        (AT_NINE | {"localTime": "2026-03-06T11:00:00"}, "no clock in the world"),
        (AT_NINE | {"localTime": "2026-03-05T11:00:00Z"}, "timezone"),
    ],
)
async def test_what_cannot_be(owner: Member, campaign: str, body: dict[str, str], words: str) -> None:
    problem = await owner.refused(400, "invalid", "POST", f"{campaign}/send", body)
    assert problem["errors"][0]["path"] == "localTime"
    assert words in problem["errors"][0]["message"]


async def test_too_late_for_somebody_is_said_and_nothing_is_scheduled(owner: Member, campaign: str) -> None:
    await contact(owner, "Pacific/Kiritimati")
    soon = {"sendAt": "2026-03-02T18:00:00Z", "localTime": "2026-03-02T19:00:00"}
    problem = await owner.refused(400, "invalid", "POST", f"{campaign}/send", soon)
    assert "past 19:00 already in Pacific/Kiritimati" in problem["errors"][0]["message"]
    assert (await owner.ok("GET", campaign))["campaign"]["status"] == "DRAFT"


async def test_a_new_time_moves_it_and_going_back_forgets_it(owner: Member, campaign: str) -> None:
    await send(owner, campaign)
    moved = (await owner.ok("PATCH", campaign, {"sendAt": "2026-03-06T10:30:00Z"}))["campaign"]
    assert (moved["localTime"], moved["startsAt"]) == ("2026-03-06T11:30:00", "2026-03-06T10:30:00.000000Z")
    back = (await owner.ok("PATCH", campaign, {"status": "DRAFT"}))["campaign"]
    assert [back[name] for name in ("localTime", "startsAt", "otherwiseAt", "sendAt")] == [None] * 4


async def test_one_moment_for_everyone_says_nothing_of_zones(owner: Member, campaign: str) -> None:
    sent = await send(owner, campaign, localTime=None)
    assert (sent["localTime"], sent["startsAt"], sent["otherwiseAt"]) == (None, None, None)


class TestInAnOrganisationWithAZone:
    """It counts for those whose own is not known: at eleven in Tokyo, and not when it is for the sender."""

    ELEVEN = "2026-03-05T02:00:00.000000Z"

    @pytest.fixture(autouse=True)
    async def tokyo(self, owner: Member) -> None:
        await owner.ok("PATCH", "/org", {"timeZone": "Asia/Tokyo"})

    async def test_it_begins_there_if_somebody_has_no_zone(self, owner: Member, campaign: str) -> None:
        sent = await send(owner, campaign)
        assert (sent["startsAt"], sent["otherwiseAt"]) == ("2026-03-05T10:00:00.000000Z", self.ELEVEN)
        await owner.ok("POST", "/contacts", {"email": "nowhere@x.example"})
        moved = (await owner.ok("PATCH", campaign, {"sendAt": "2026-03-06T10:00:00Z"}))["campaign"]
        assert moved["startsAt"] == moved["otherwiseAt"] == "2026-03-06T02:00:00.000000Z"

    async def test_too_late_for_them_is_said(self, owner: Member, campaign: str) -> None:
        soon = {"sendAt": "2026-03-02T18:00:00Z", "localTime": "2026-03-02T13:00:00"}
        assert (await send(owner, campaign, **soon))["status"] == "SCHEDULED", "nobody is without a zone"
        await owner.ok("PATCH", campaign, {"status": "DRAFT"})
        await owner.ok("POST", "/contacts", {"email": "nowhere@x.example"})
        problem = await owner.refused(400, "invalid", "POST", f"{campaign}/send", soon)
        (error,) = problem["errors"]
        assert "past 13:00 already in Asia/Tokyo, the organisation's time zone" in error["message"]

    async def test_another_zone_moves_nothing_that_is_scheduled(self, owner: Member, campaign: str) -> None:
        sent = await send(owner, campaign)
        await owner.ok("PATCH", "/org", {"timeZone": "Europe/Berlin"})
        assert (await owner.ok("GET", campaign))["campaign"] == sent
