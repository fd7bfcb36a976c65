"""When mails of a sequence go: in its hours, on the clock of each contact, through weekends and retries."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.db.models.delivery import DeliveryRecord
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

HOUR = 3600
ANN, BO = "ann@example.org", "bo@example.org"
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}


async def until(world: World, moment: datetime) -> None:
    await world.clock.advance((moment - world.clock.now()).total_seconds())


async def arrivals(world: World, sequence: str) -> dict[str, list[timedelta]]:
    """When each mail came, counted from that Monday, by the name in the address."""
    found: dict[str, list[timedelta]] = {}
    for row in sorted(await world.rows(sequence), key=lambda row: row.updated_at):
        assert row.state == "accepted"
        found.setdefault(row.address.partition("@")[0], []).append(row.updated_at - MONDAY)
    return found


class TestTheWindow:
    @pytest.fixture(autouse=True)
    async def monday(self, world: World) -> None:
        await until(world, MONDAY)

    async def test_mails_wait_for_office_hours_where_each_contact_is(self, world: World, process: Process):
        await world.add_contacts("kathmandu@example.org", time_zone="Asia/Kathmandu")
        await world.add_contacts("nowhere@example.org")
        await world.add_contacts("bogota@example.org", time_zone="America/Bogota")
        sequence = await world.add_sequence(("hello", 0), ("tips", 90), sendWindow=OFFICE)
        await world.publish(sequence)
        await process.run_until(MONDAY + timedelta(days=8))
        opens = {"kathmandu": (3, 15), "nowhere": (9, 0), "bogota": (14, 0)}  # nine o'clock, in UTC
        assert await arrivals(world, sequence) == {
            # The second is due 90 hours later: on Friday at three, and so at nine.
            name: [timedelta(days=day, hours=hour, minutes=minute) for day in (0, 4)]
            for name, (hour, minute) in opens.items()
        }

    async def test_where_a_zone_is_not_known_the_organisations_counts(self, world: World, process: Process):
        await world.set_zone("America/Bogota")
        await world.add_contacts("kathmandu@example.org", time_zone="Asia/Kathmandu")
        await world.add_contacts("nowhere@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 5), sendWindow=OFFICE)
        await world.publish(sequence)
        await process.run_until(MONDAY + timedelta(days=1))
        assert await arrivals(world, sequence) == {
            "kathmandu": [timedelta(hours=hour, minutes=15) for hour in (3, 8)],
            "nowhere": [timedelta(hours=hour) for hour in (14, 19)],
        }

    async def test_another_zone_of_the_organisation_counts_when_the_time_has_come(
        self, world: World, process: Process
    ):
        """For whoever waits: never at an hour that it rules out, and no earlier than was said before."""
        await world.set_zone("America/Bogota")
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), sendWindow=OFFICE)
        await world.publish(sequence)
        await process.run_until(MONDAY + timedelta(hours=10))
        await world.set_zone("UTC")
        await process.run_until(MONDAY + timedelta(hours=20))
        await world.set_zone("Pacific/Auckland")
        await process.run_until(MONDAY + timedelta(days=2))
        came = [timedelta(hours=14), timedelta(days=1, hours=20)]  # nine in Bogota, nine in Auckland
        assert await arrivals(world, sequence) == {"ann": came}

    async def test_a_step_due_at_the_weekend_comes_on_monday_and_the_next_counts_from_there(
        self, world: World, process: Process
    ):
        await until(world, MONDAY + timedelta(days=4, hours=12))
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 20), ("more", 5), sendWindow=OFFICE)
        await world.publish(sequence)
        await process.run_until(MONDAY + timedelta(days=9))
        assert await arrivals(world, sequence) == {
            "ann": [timedelta(days=4, hours=12), timedelta(days=7, hours=9), timedelta(days=7, hours=14)]
        }

    async def test_what_waited_for_a_limit_waits_for_the_window_too(self, world: World, process: Process):
        await world.cap_frequency(1, 1)
        await world.add_contacts(ANN)
        await until(world, MONDAY + timedelta(hours=16))
        await world.add_campaign()
        await process.work()
        await world.clock.advance(HOUR / 2)
        sequence = await world.add_sequence(("hello", 0), sendWindow={**OFFICE, "opens": "16:30"})
        await world.publish(sequence)
        await process.run_until(MONDAY + timedelta(days=3))
        assert await arrivals(world, sequence) == {"ann": [timedelta(days=1, hours=16, minutes=30)]}

    async def test_a_retry_after_hours_waits_for_the_morning(self, world: World, process: Process):
        await world.add_contacts(ANN)
        await until(world, world.clock.now() + timedelta(hours=16, minutes=50))
        sequence = await world.add_sequence(("hello", 0), ("tips", 1), sendWindow=OFFICE)
        await world.publish(sequence)
        await process.work()
        async with world.database.writer(world.org_id) as session:
            (row,) = await session.scalars(select(DeliveryRecord).where(DeliveryRecord.source_id == sequence))
            row.state, row.due_at = "soft", world.clock.now() + timedelta(hours=1)
        await process.after(HOUR)
        assert len(world.mailer.taken) == 1
        await process.after(16 * HOUR)
        assert len(world.mailer.taken) == 3

    async def test_a_retry_waits_for_the_organisations_morning_where_no_other_is_known(
        self, world: World, process: Process
    ):
        await world.set_zone("America/Bogota")
        await world.add_contacts("tokyo@example.org", time_zone="Asia/Tokyo")
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0))
        await world.publish(sequence)
        await process.work()
        await world.set_settings(sequence, sendWindow=OFFICE)
        await world.publish(sequence)
        async with world.database.writer(world.org_id) as session:
            for row in await session.scalars(
                select(DeliveryRecord).where(DeliveryRecord.source_id == sequence)
            ):
                row.state, row.due_at = "soft", MONDAY + timedelta(hours=9)
        await process.after(9 * HOUR)
        due = {row.address: row.due_at and row.due_at - MONDAY for row in await world.rows(sequence)}
        assert due == {"tokyo@example.org": timedelta(hours=24), ANN: timedelta(hours=14)}

    async def test_publishing_a_window_holds_what_is_due_and_the_plan_says_so(
        self, world: World, process: Process
    ):
        await world.add_contacts(ANN, time_zone="Asia/Tokyo")
        await world.add_contacts(BO)
        sequence = await world.add_sequence(("hello", 0), ("tips", 48))
        await world.publish(sequence)
        await process.work()
        await world.clock.advance(25 * HOUR)  # Tuesday, one o'clock: ten in Tokyo
        draft = {
            "steps": [{"id": "tips", "delayHours": 24, "contentJson": {}}],
            "settings": {"sendWindow": OFFICE},
        }
        await world.set_sequence(sequence, steps_json=draft)
        plan = await world.plan(sequence)
        assert (plan.due_now, plan.due_in_window, plan.settings_changed) == (1, 1, ["sendWindow"])
        await world.set_zone("Asia/Tokyo")
        plan = await world.plan(sequence)
        assert (plan.due_now, plan.due_in_window) == (2, 0)
