"""What the settings of a sequence do to people in it: who leaves and who comes again."""

import pytest

from backend.db.models.contact import Contact
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
            await process.after(DAY)
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
        await process.after(DAY / 2)
        await world.set_contact(ann, name="trial")
        await process.after(DAY / 2)
        assert world.subjects() == ["hello", "tips"]

    async def test_a_mail_that_still_waits_is_taken_back(self, world: World, process: Process):
        await world.cap_frequency(1, 3)
        (ann,) = await world.add_contacts(ANN, name="trial")
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), segment_id=TRIAL, exitOnLeaving=True)
        await world.publish(sequence)
        await process.work()
        await process.after(DAY)
        await world.set_contact(ann, name=None)
        await process.after(60)
        await process.after(3 * DAY)
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
        await process.after(DAY)
        assert world.mailer.recipients() == [ANN, ANN]
        await world.publish(sequence)
        await process.after(DAY)
        assert world.mailer.recipients()[2:] == [BO]


class TestTheGoal:
    async def test_whoever_reaches_it_leaves_before_the_next_mail(self, world: World, process: Process):
        ann, bo = await world.add_contacts(ANN, BO)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        await world.set_contact(ann, name="buyer")
        await process.after(DAY)
        assert world.mailer.recipients()[2:] == [BO]
        assert await world.runs(sequence) == [(ann, 1, "exited", "goal reached"), (bo, 1, "active", "")]

    async def test_the_sweep_sees_it_long_before(self, world: World, process: Process):
        (ann,) = await world.add_contacts(ANN)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        await world.set_contact(ann, name="buyer")
        await process.after(60)
        assert await world.runs(sequence) == [(ann, 1, "exited", "goal reached")]

    async def test_a_mail_that_still_waits_is_taken_back(self, world: World, process: Process):
        await world.cap_frequency(1, 3)
        (ann,) = await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        await process.after(DAY)
        await world.set_contact(ann, name="buyer")
        await process.after(60)
        await process.after(3 * DAY)
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
        await process.after(DAY)
        for _ in range(5):
            await process.after(HOUR)
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
        await process.after(DAY)
        goal = world.audience.others.pop(BUYERS)
        await process.after(2 * DAY - 300)  # the cap lets it go in five minutes
        await process.after(300)
        assert world.subjects() == ["hello"]
        world.audience.others[BUYERS] = goal
        await process.after(600)
        assert world.subjects() == ["hello", "tips"]

    async def test_one_that_is_there_again_is_noticed(self, world: World, process: Process):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(*STEPS, goalSegmentId=BUYERS)
        await world.publish(sequence)
        await process.work()
        goal = world.audience.others.pop(BUYERS)
        await process.after(DAY)
        world.audience.others[BUYERS] = goal
        await process.after(600)
        assert world.subjects() == ["hello", "tips"]


class TestComingAgain:
    async def test_after_so_many_days_and_not_one_earlier(self, world: World, process: Process):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), reenterAfterDays=3)
        await world.publish(sequence)
        await process.work()
        await process.after(DAY)
        assert world.subjects() == ["hello", "tips"]
        await process.after(3 * DAY - 1)
        assert world.subjects() == ["hello", "tips"]
        await process.after(60)
        assert world.subjects() == ["hello", "tips", "hello"]
        await process.after(DAY)
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
        await process.after(5 * DAY)
        await world.set_contact(ann, name="buyer")
        await process.after(60)
        await world.set_contact(ann, name="trial")
        await process.after(2 * DAY - 120)
        assert world.subjects() == ["hello"]
        await process.after(180)
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
