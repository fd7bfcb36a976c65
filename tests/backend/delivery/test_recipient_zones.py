"""A campaign that comes at nine, wherever it is read."""

from datetime import datetime, timedelta

from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

HOUR = 3600


async def scheduled(world: World, at: datetime, **fields: object) -> str:
    """For nine o'clock, as someone in UTC says it."""
    wall = at.replace(tzinfo=None)
    return await world.add_campaign(
        send_at=at, local_time=wall.isoformat(), starts_at=at - timedelta(hours=9), **fields
    )


async def test_everyone_gets_it_when_their_own_clock_shows_the_time(world: World, process: Process):
    nine = (world.clock.now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    await world.add_contacts("tokyo@example.org", time_zone="Asia/Tokyo")
    await world.add_contacts("lisbon@example.org", time_zone="Atlantic/Reykjavik")
    await world.add_contacts("nowhere@example.org")
    await world.add_contacts("bogota@example.org", time_zone="America/Bogota")
    campaign = await scheduled(world, nine)
    arrived: dict[str, datetime] = {}
    await process.work()
    while len(arrived) < 4:
        assert world.clock.now() < nine + timedelta(days=1)
        moment = world.clock.now()
        arrived |= {who: moment for who in world.mailer.recipients() if who not in arrived}
        await world.clock.advance(HOUR / 2)
        await process.work()
    hours = {who.partition("@")[0]: (at - nine).total_seconds() / HOUR for who, at in arrived.items()}
    assert hours == {"tokyo": -9, "lisbon": 0, "nowhere": 0, "bogota": 5}
    assert (await world.campaign(campaign)).status == "SENT"


async def test_those_without_a_zone_get_it_when_it_was_said_for_them(world: World, process: Process):
    """As the organisation's clock showed nine when it was scheduled, whatever its zone is since."""
    nine = (world.clock.now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    await world.add_contacts("lisbon@example.org", time_zone="Atlantic/Reykjavik")
    await world.add_contacts("nowhere@example.org")
    campaign = await scheduled(world, nine, otherwise_at=nine - timedelta(hours=5))
    await world.set_zone("America/Bogota")
    await world.clock.advance((nine - timedelta(hours=9) - world.clock.now()).total_seconds())
    await process.work()
    due = {row.address: (row.due_at or nine) - nine for row in await world.rows(campaign)}
    assert due == {"lisbon@example.org": timedelta(), "nowhere@example.org": timedelta(hours=-5)}


async def test_it_is_on_its_way_until_the_last_zone_and_can_be_stopped(world: World, process: Process):
    nine = (world.clock.now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    await world.add_contacts("tokyo@example.org", time_zone="Asia/Tokyo")
    await world.add_contacts("bogota@example.org", time_zone="America/Bogota")
    campaign = await scheduled(world, nine)
    await world.clock.advance((nine - timedelta(hours=9) - world.clock.now()).total_seconds())
    await process.work()
    assert world.mailer.recipients() == ["tokyo@example.org"]
    assert (await world.campaign(campaign)).status == "SENDING"
    await world.set_status(campaign, "CANCELLED")
    await world.clock.advance(24 * HOUR)
    await process.work()
    assert await world.states(campaign) == {
        "tokyo@example.org": "accepted",
        "bogota@example.org": "cancelled",
    }


async def test_one_that_was_missed_asks(world: World, process: Process):
    nine = (world.clock.now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    await world.add_contacts("tokyo@example.org", time_zone="Asia/Tokyo")
    campaign = await scheduled(world, nine)
    await world.clock.advance((nine - timedelta(hours=7) - world.clock.now()).total_seconds())
    await process.work()
    found = await world.campaign(campaign)
    assert (found.status, found.paused_reason) == ("PAUSED", "missed_schedule")
