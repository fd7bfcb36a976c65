from datetime import timedelta

import pytest

from contract.problems import PlanDriftedError, SegmentMissingError
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

HOUR = 3600


class TestRunning:
    async def test_a_first_step_without_delay_goes_at_once_and_the_next_after_its_hours(
        self, world: World, process: Process
    ):
        await world.add_contacts("ann@example.org", "bo@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 48))
        await world.publish(sequence)
        await process.work()
        assert world.subjects() == ["hello", "hello"]
        await world.clock.advance(48 * HOUR - 1)
        await process.work()
        assert world.subjects() == ["hello", "hello"]
        await world.clock.advance(1)
        await process.work()
        assert world.subjects() == ["hello", "hello", "tips", "tips"]
        assert {row.state for row in (await world.enrolments(sequence)).values()} == {"finished"}

    async def test_a_newcomer_enters_once(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        sequence = await world.add_sequence(("hello", 0))
        await world.publish(sequence)
        await process.work()
        await world.add_contacts("late@example.org")
        await world.clock.advance(60)
        await process.work()
        await world.clock.advance(60)
        await process.work()
        assert world.mailer.recipients() == ["ann@example.org", "late@example.org"]

    async def test_nobody_enters_without_a_segment_and_publishing_is_refused(
        self, world: World, process: Process
    ):
        await world.add_contacts("ann@example.org")
        sequence = await world.add_sequence(("hello", 0))
        world.audience.missing = True
        with pytest.raises(SegmentMissingError):
            await world.publish(sequence)
        world.audience.missing = False
        await world.publish(sequence)
        world.audience.missing = True
        await process.work()
        assert world.mailer.taken == []

    async def test_who_left_before_the_next_step_gets_nothing_more(self, world: World, process: Process):
        ann, bo = await world.add_contacts("ann@example.org", "bo@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 1))
        await world.publish(sequence)
        await process.work()
        await world.set_contact(ann, status="unsubscribed")
        await world.clock.advance(HOUR)
        await process.work()
        assert world.mailer.recipients()[2:] == ["bo@example.org"]
        enrolments = await world.enrolments(sequence)
        assert (enrolments[ann].state, enrolments[ann].exit_reason) == ("exited", "unsubscribed")
        assert enrolments[bo].state == "finished"

    async def test_a_pause_freezes_and_the_overdue_go_when_it_ends(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 1), ("more", 1))
        await world.publish(sequence)
        await process.work()
        await world.set_sequence(sequence, status="PAUSED")
        await world.clock.advance(10 * HOUR)
        await process.work()
        assert world.subjects() == ["hello"]
        await world.set_sequence(sequence, status="ACTIVE")
        await process.work()
        assert world.subjects() == ["hello", "tips"], "the step after an overdue one keeps its distance"
        await world.clock.advance(HOUR)
        await process.work()
        assert world.subjects() == ["hello", "tips", "more"]


class TestPublishingAgain:
    async def _waiting_for_tips(self, world: World, process: Process) -> str:
        await world.add_contacts("ann@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), ("more", 24))
        await world.publish(sequence)
        await process.work()
        await world.clock.advance(12 * HOUR)
        return sequence

    async def test_drafts_change_nothing_for_people_in_it(self, world: World, process: Process):
        sequence = await self._waiting_for_tips(world, process)
        await world.set_sequence(sequence, steps_json={"steps": []})
        await world.clock.advance(12 * HOUR)
        await process.work()
        assert world.subjects() == ["hello", "tips"]

    async def test_a_shorter_delay_that_is_over_sends_now(self, world: World, process: Process):
        sequence = await self._waiting_for_tips(world, process)
        await world.publish(sequence, ("hello", 0), ("tips", 6), ("more", 24))
        await process.work()
        assert world.subjects() == ["hello", "tips"]

    async def test_a_longer_delay_counts_in_whole(self, world: World, process: Process):
        sequence = await self._waiting_for_tips(world, process)
        started = world.clock.now() - timedelta(hours=12)
        await world.publish(sequence, ("hello", 0), ("tips", 48), ("more", 24))
        assert [row.next_run_at for row in (await world.enrolments(sequence)).values()] == [
            started + timedelta(hours=48)
        ]

    async def test_who_waits_for_a_deleted_step_waits_for_the_next(self, world: World, process: Process):
        sequence = await self._waiting_for_tips(world, process)
        await world.publish(sequence, ("hello", 0), ("more", 12))
        await process.work()
        assert world.subjects() == ["hello", "more"]

    async def test_nothing_left_ends_it(self, world: World, process: Process):
        sequence = await self._waiting_for_tips(world, process)
        await world.publish(sequence, ("hello", 0))
        await world.clock.advance(100 * HOUR)
        await process.work()
        assert world.subjects() == ["hello"]
        assert [row.state for row in (await world.enrolments(sequence)).values()] == ["finished"]

    async def test_reordered_steps_finish_what_was_entered_and_repeat_nothing(
        self, world: World, process: Process
    ):
        sequence = await self._waiting_for_tips(world, process)
        await world.publish(sequence, ("tips", 24), ("hello", 1), ("more", 1))
        for _ in range(4):
            await world.clock.advance(24 * HOUR)
            await process.work()
        assert world.subjects() == ["hello", "tips", "more"]


class TestPlan:
    async def test_it_counts_what_publishing_would_do(self, world: World, process: Process):
        await world.add_contacts("ann@example.org", "bo@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 24))
        first = await world.plan(sequence)
        assert (first.will_enrol, first.active, first.due_now, first.steps_added) == (2, 0, 2, 2)
        await world.publish(sequence, plan_hash=first.plan_hash)
        await process.work()
        await world.clock.advance(12 * HOUR)
        changed = {"steps": [{"id": "tips", "delayHours": 6, "contentJson": {}}]}
        await world.set_sequence(sequence, steps_json=changed)
        second = await world.plan(sequence)
        assert (second.will_enrol, second.active, second.due_now) == (0, 2, 2)
        assert (second.steps_added, second.steps_removed, second.steps_changed) == (0, 1, 1)

    async def test_numbers_that_moved_refuse_the_publication(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        sequence = await world.add_sequence(("hello", 0))
        plan = await world.plan(sequence)
        await world.add_contacts("bo@example.org")
        with pytest.raises(PlanDriftedError):
            await world.publish(sequence, plan_hash=plan.plan_hash)
        await process.work()
        assert world.mailer.taken == []
