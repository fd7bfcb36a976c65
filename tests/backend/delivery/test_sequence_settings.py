"""What the settings of a sequence do to people in it: who leaves, who comes again, and when mail goes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from contract.problems import SegmentMissingError
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

HOUR = 3600
DAY = 24 * HOUR
TRIAL = "00000000-0000-7000-8000-00000000000a"
BUYERS = "00000000-0000-7000-8000-00000000000b"
ANN, BO = "ann@example.org", "bo@example.org"
STEPS = (("hello", 0), ("tips", 24), ("more", 24))


@pytest.fixture(autouse=True)
def segments(world: World) -> None:
    """A contact comes into them by its name. Where it has none, SQL says NULL."""
    world.audience.others = {
        TRIAL: lambda _: Contact.name == "trial",
        BUYERS: lambda _: Contact.name == "buyer",
    }


async def go_on(world: World, process: Process, seconds: float) -> None:
    await world.clock.advance(seconds)
    await process.work()


class TestLeavingTheSegment:
    async def test_whoever_left_gets_no_more_where_that_is_set(self, world: World, process: Process):
        ann, bo = await world.add_contacts(ANN, BO, name="trial")
        stays = await world.add_sequence(*STEPS, segment_id=TRIAL)
        exits = await world.add_sequence(*STEPS, segment_id=TRIAL, exitOnLeaving=True)
        for sequence in (stays, exits):
            await world.publish(sequence)
        await process.work()
        await world.set_contact(ann, name=None)
        for _ in range(3):
            await go_on(world, process, DAY)
        assert await world.runs(stays) == [(ann, 1, "finished", ""), (bo, 1, "finished", "")]
        assert await world.runs(exits) == [(ann, 1, "exited", "left the segment"), (bo, 1, "finished", "")]
        to_ann = [row.step_id for row in await world.rows(exits) if row.contact_id == ann]
        assert to_ann == ["hello"]

    async def test_whoever_came_back_in_time_goes_on(self, world: World, process: Process):
        (ann,) = await world.add_contacts(ANN, name="trial")
        sequence = await world.add_sequence(*STEPS, segment_id=TRIAL, exitOnLeaving=True)
        await world.publish(sequence)
        await process.work()
        await world.set_contact(ann, name="away")
        await go_on(world, process, DAY / 2)
        await world.set_contact(ann, name="trial")
        await go_on(world, process, DAY / 2)
        assert world.subjects() == ["hello", "tips"]

    async def test_a_mail_that_still_waits_is_taken_back(self, world: World, process: Process):
        await world.cap_frequency(1, 3)
        (ann,) = await world.add_contacts(ANN, name="trial")
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), segment_id=TRIAL, exitOnLeaving=True)
        await world.publish(sequence)
        await process.work()
        await go_on(world, process, DAY)
        await world.set_contact(ann, name=None)
        await go_on(world, process, 60)
        await go_on(world, process, 3 * DAY)
        assert world.subjects() == ["hello"]
        assert [row.reason for row in await world.rows(sequence)][1:] == ["left the segment"]

    async def test_the_segment_of_the_draft_is_nobodys_yet(self, world: World, process: Process):
        """Another segment is an edit like any other: it concerns people when it is published."""
        await world.add_contacts(ANN, name="trial")
        await world.add_contacts(BO, name="buyer")
        sequence = await world.add_sequence(*STEPS, segment_id=TRIAL, exitOnLeaving=True)
        await world.publish(sequence)
        await world.set_sequence(sequence, segment_id=BUYERS)
        await process.work()
        await go_on(world, process, DAY)
        assert world.mailer.recipients() == [ANN, ANN]
        await world.publish(sequence)
        await go_on(world, process, DAY)
        assert world.mailer.recipients()[2:] == [BO]


class TestTheGoal:
    async def test_whoever_reaches_it_leaves_before_the_next_mail(self, world: World, process: Process):
        ann, bo = await world.add_contacts(ANN, BO)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        await world.set_contact(ann, name="buyer")
        await go_on(world, process, DAY)
        assert world.mailer.recipients()[2:] == [BO]
        assert await world.runs(sequence) == [(ann, 1, "exited", "goal reached"), (bo, 1, "active", "")]

    async def test_the_sweep_sees_it_long_before(self, world: World, process: Process):
        (ann,) = await world.add_contacts(ANN)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        await world.set_contact(ann, name="buyer")
        await go_on(world, process, 60)
        assert await world.runs(sequence) == [(ann, 1, "exited", "goal reached")]

    async def test_a_mail_that_still_waits_is_taken_back(self, world: World, process: Process):
        await world.cap_frequency(1, 3)
        (ann,) = await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        await go_on(world, process, DAY)
        await world.set_contact(ann, name="buyer")
        await go_on(world, process, 60)
        await go_on(world, process, 3 * DAY)
        assert world.subjects() == ["hello"]
        assert [row.reason for row in await world.rows(sequence)][1:] == ["goal reached"]

    async def test_whoever_is_there_does_not_enter_and_who_has_no_name_does(
        self, world: World, process: Process
    ):
        await world.add_contacts(ANN, name="buyer")
        await world.add_contacts(BO, name=None)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        assert (await world.plan(sequence)).will_enrol == 1
        await world.publish(sequence)
        await process.work()
        assert world.mailer.recipients() == [BO]

    async def test_a_goal_that_is_gone_mails_nobody_and_drops_nobody(self, world: World, process: Process):
        (ann,) = await world.add_contacts(ANN)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        del world.audience.others[BUYERS]
        await world.add_contacts(BO)
        await go_on(world, process, DAY)
        for _ in range(5):
            await go_on(world, process, HOUR)
        assert world.mailer.recipients() == [ANN]
        assert await world.runs(sequence) == [(ann, 1, "active", "")]
        with pytest.raises(SegmentMissingError, match="its goal was deleted"):
            await world.plan(sequence)
        await world.set_settings(sequence)
        await world.publish(sequence)
        await process.work()
        assert sorted(world.subjects()) == ["hello", "hello", "tips"]

    async def test_while_it_is_gone_no_waiting_mail_leaves(self, world: World, process: Process):
        await world.cap_frequency(1, 3)
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        await go_on(world, process, DAY)
        goal = world.audience.others.pop(BUYERS)
        await go_on(world, process, 2 * DAY - 300)  # the cap lets it go in five minutes
        await go_on(world, process, 300)
        assert world.subjects() == ["hello"]
        world.audience.others[BUYERS] = goal
        await go_on(world, process, 600)
        assert world.subjects() == ["hello", "tips"]

    async def test_one_that_is_there_again_is_noticed(self, world: World, process: Process):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        goal = world.audience.others.pop(BUYERS)
        await go_on(world, process, DAY)
        world.audience.others[BUYERS] = goal
        await go_on(world, process, 600)
        assert world.subjects() == ["hello", "tips"]


class TestComingAgain:
    async def test_after_so_many_days_and_not_one_earlier(self, world: World, process: Process):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), reenterAfterDays=3)
        await world.publish(sequence)
        await process.work()
        await go_on(world, process, DAY)
        assert world.subjects() == ["hello", "tips"]
        await go_on(world, process, 3 * DAY - 1)
        assert world.subjects() == ["hello", "tips"]
        await go_on(world, process, 60)
        assert world.subjects() == ["hello", "tips", "hello"]
        await go_on(world, process, DAY)
        assert world.subjects() == ["hello", "tips", "hello", "tips"]
        assert [(run, state) for _, run, state, _ in await world.runs(sequence)] == [
            (1, "finished"), (2, "finished"),
        ]  # fmt: skip
        assert len({row.run_no for row in await world.rows(sequence)}) == 2

    async def test_the_days_count_from_the_end_whatever_ended_it(self, world: World, process: Process):
        (ann,) = await world.add_contacts(ANN, name="trial")
        sequence = await world.add_sequence(
            ("hello", 0), ("tips", 240), segment_id=TRIAL, goalSegmentId=BUYERS, reenterAfterDays=2
        )
        await world.publish(sequence)
        await process.work()
        await go_on(world, process, 5 * DAY)
        await world.set_contact(ann, name="buyer")
        await go_on(world, process, 60)
        await world.set_contact(ann, name="trial")
        await go_on(world, process, 2 * DAY - 120)
        assert world.subjects() == ["hello"]
        await go_on(world, process, 180)
        assert world.subjects() == ["hello", "hello"]

    async def test_never_without_the_setting(self, world: World, process: Process):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0))
        await world.publish(sequence)
        for _ in range(3):
            await process.work()
            await world.clock.advance(400 * DAY)
        assert world.subjects() == ["hello"]

    async def test_the_plan_counts_them(self, world: World, process: Process):
        await world.add_contacts(ANN, BO)
        sequence = await world.add_sequence(("hello", 0))
        await world.publish(sequence)
        await process.work()
        await world.clock.advance(10 * DAY)
        assert (await world.plan(sequence)).will_enrol == 0
        await world.set_settings(sequence, reenterAfterDays=10)
        plan = await world.plan(sequence)
        assert (plan.will_enrol, plan.due_now, plan.settings_changed) == (2, 2, ["reenterAfterDays"])


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
        await go_on(world, process, HOUR)
        assert len(world.mailer.taken) == 1
        await go_on(world, process, 16 * HOUR)
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
        await go_on(world, process, 9 * HOUR)
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


class TestThePlan:
    async def test_who_would_leave_is_counted_and_not_among_those_due(self, world: World, process: Process):
        await world.add_contacts(ANN, name="buyer")
        await world.add_contacts(BO, name=None)
        await world.add_contacts("cy@example.org", name="trial")
        sequence = await world.add_sequence(("hello", 0), ("tips", 24))
        await world.publish(sequence)
        await process.work()
        await world.clock.advance(23 * HOUR)
        await world.set_settings(sequence, goalSegmentId=BUYERS)
        await world.publish(sequence, ("hello", 0), ("tips", 23))
        plan = await world.plan(sequence)
        assert (plan.active, plan.will_exit, plan.due_now) == (3, 1, 2)
        await world.set_settings(sequence, exitOnLeaving=True)
        await world.set_sequence(sequence, segment_id=TRIAL)
        plan = await world.plan(sequence)
        assert (plan.will_exit, plan.due_now) == (2, 1)
        assert plan.settings_changed == ["exitOnLeaving", "goalSegmentId"]
