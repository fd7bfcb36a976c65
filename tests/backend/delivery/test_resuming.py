"""Letting a paused sequence go on: a person says what becomes of what was due meanwhile."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from backend.db.models.sequence import Sequence
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

HOUR = 3600


@pytest.fixture
async def paused(world: World, process: Process) -> str:
    """Five people had the first mail, and the second was due during a pause of ten hours."""
    await world.add_contacts(*(f"c{n}@example.org" for n in range(5)))
    sequence = await world.add_sequence(("hello", 0), ("tips", 4), ("more", 24))
    await world.publish(sequence)
    await process.work()
    await world.clock.advance(2 * HOUR)
    await world.set_sequence(sequence, status="PAUSED", paused_at=world.clock.now())
    await world.clock.advance(10 * HOUR)
    await process.work()
    assert world.subjects() == ["hello"] * 5
    return sequence


async def hours_until(world: World, process: Process, subject: str, mails: int) -> list[int]:
    """In which hour from now each of so many mails arrived."""
    arrived: list[int] = []
    for hour in range(60):
        await process.work()
        found = world.subjects().count(subject)
        arrived += [hour] * (found - len(arrived))
        if len(arrived) == mails:
            return arrived
        await world.clock.advance(HOUR)
    return arrived


async def test_they_go_at_once(world: World, process: Process, paused: str):
    await world.resume_sequence(paused, overdue="send")
    assert await hours_until(world, process, "tips", 5) == [0] * 5
    assert await hours_until(world, process, "more", 5) == [24] * 5


async def test_everyone_waits_on_as_if_there_had_been_no_pause(world: World, process: Process, paused: str):
    await world.resume_sequence(paused, overdue="shift")
    assert await hours_until(world, process, "tips", 5) == [2] * 5
    assert await hours_until(world, process, "more", 5) == [24] * 5


async def test_they_are_spread_over_some_hours(world: World, process: Process, paused: str):
    await world.resume_sequence(paused, overdue="spread", hours=40)
    arrived = await hours_until(world, process, "tips", 5)
    assert len(arrived) == 5
    gaps = [later - earlier for earlier, later in pairwise([0, *arrived, 40])]
    assert max(gaps) <= 20, "few people too are spread over the whole of it"


async def test_nobody_gets_them_and_everyone_waits_for_the_step_after(
    world: World, process: Process, paused: str
):
    await world.resume_sequence(paused, overdue="skip")
    assert await hours_until(world, process, "more", 5) == [24] * 5
    assert "tips" not in world.subjects()


async def test_who_skips_the_last_step_is_through(world: World, process: Process):
    await world.add_contacts("ann@example.org")
    sequence = await world.add_sequence(("hello", 0), ("tips", 1))
    await world.publish(sequence)
    await process.work()
    await world.set_sequence(sequence, status="PAUSED", paused_at=world.clock.now())
    await world.clock.advance(3 * HOUR)
    await world.resume_sequence(sequence, overdue="skip")
    await world.clock.advance(timedelta(days=2).total_seconds())
    await process.work()
    (ann,) = (await world.enrolments(sequence)).values()
    assert (ann.state, ann.exit_reason) == ("finished", "the last step was skipped after a pause")
    assert world.subjects() == ["hello"]


async def test_how_many_would_go_at_once_is_said_before(world: World, paused: str):
    async with world.database.reader(world.org_id) as session:
        sequence = await session.scalar(select(Sequence).where(Sequence.id == paused))
        assert sequence is not None
        assert await world.sending.sequencing.overdue(session, sequence, world.clock.now()) == 5
