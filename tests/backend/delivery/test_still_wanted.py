"""A mail that waited is asked about when it is taken to be sent: the sweep may not have come by since."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import ColumnElement

from backend.db.models.contact import Contact
from backend.delivery.claims import claim_due
from backend.delivery.sources import Source, SourceKind
from backend.delivery.still_wanted import still_wanted
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

DAY = 24 * 3600
TRIAL = "00000000-0000-7000-8000-00000000000a"
BUYERS = "00000000-0000-7000-8000-00000000000b"
ANN, BO = "ann@example.org", "bo@example.org"
GOAL = {"goalSegmentId": BUYERS}


@pytest.fixture(autouse=True)
def segments(world: World) -> None:
    world.audience.others = {
        TRIAL: lambda _: Contact.name == "trial",
        BUYERS: lambda _: Contact.name == "buyer",
    }


async def waiting(world: World, process: Process, *emails: str, **settings: object) -> Source:
    """A sequence whose second mail waits for these contacts, who had enough mails, and may go now."""
    await world.cap_frequency(1, 3)
    await world.add_contacts(*emails, name="trial")
    sequence = await world.add_sequence(("hello", 0), ("tips", 24), segment_id=TRIAL, **settings)
    await world.publish(sequence)
    for seconds in (0, DAY, 2 * DAY - 1):
        await world.clock.advance(seconds)
        await process.work()
    assert world.subjects() == ["hello"] * len(emails)
    await world.clock.advance(1)
    return Source(world.org_id, SourceKind.SEQUENCE, sequence)


async def second_mails(world: World, source: Source) -> dict[str, str]:
    """What became of them, by address."""
    rows = await world.rows(source.id)
    return {row.address: f"{row.state}: {row.reason}" for row in rows if row.step_id == "tips"}


def no_answer(now: datetime) -> ColumnElement[bool]:
    """The database is away."""
    del now
    raise ConnectionError


@pytest.mark.parametrize(
    ("settings", "name", "reason"),
    [(GOAL, "buyer", "goal reached"), ({"exitOnLeaving": True}, None, "left the segment")],
    ids=["goal", "leaving"],
)
async def test_whoever_is_out_in_the_last_moment_gets_it_no_more(
    world: World, process: Process, settings: dict[str, object], name: str | None, reason: str
):
    source = await waiting(world, process, ANN, BO, **settings)
    ann = (await world.rows(source.id))[0].contact_id
    await world.set_contact(ann, name=name)
    await process.work()
    assert world.mailer.recipients() == [ANN, BO, BO]
    assert await second_mails(world, source) == {ANN: f"skipped: {reason}", BO: "accepted: 250 taken"}


async def test_whoever_stays_in_the_goal_is_not_asked_about_another_rule(world: World, process: Process):
    """Leaving the segment ends nothing where that is not set."""
    source = await waiting(world, process, ANN, **GOAL)
    await world.set_contact((await world.rows(source.id))[0].contact_id, name=None)
    await process.work()
    assert await second_mails(world, source) == {ANN: "accepted: 250 taken"}


async def test_a_segment_that_is_missing_holds_them_all(world: World, process: Process):
    source = await waiting(world, process, ANN, BO, **GOAL)
    goal = world.audience.others.pop(BUYERS)
    mails, taken = await process.jobs.pumping._claim(source, 10)
    assert (mails, taken) == ([], 2)
    later = world.clock.now() + timedelta(minutes=10)
    held = [row for row in await world.rows(source.id) if row.step_id == "tips"]
    assert [(row.state, row.due_at, row.attempts) for row in held] == [("pending", later, 0)] * 2
    world.audience.others[BUYERS] = goal
    await world.clock.advance(600)
    await process.work()
    assert len(world.mailer.taken) == 4


async def test_a_sequence_that_asks_nothing_is_not_asked_about(world: World, process: Process):
    source = await waiting(world, process, ANN)
    world.audience.others = {TRIAL: no_answer, BUYERS: no_answer}
    mails, _ = await process.jobs.pumping._claim(source, 10)
    assert [mail.address for mail in mails] == [ANN]


async def test_mails_that_could_not_be_asked_about_go_back(world: World, process: Process):
    source = await waiting(world, process, ANN, **GOAL)
    world.audience.others[BUYERS] = no_answer
    with pytest.raises(ConnectionError):
        await process.jobs.pumping._claim(source, 10)
    await process.journal.settled()
    (row,) = [row for row in await world.rows(source.id) if row.step_id == "tips"]
    assert (row.state, row.attempts) == ("pending", 0)


@pytest.mark.parametrize("answer", ["goal", "missing"])
async def test_what_another_worker_has_by_now_is_left_to_it(world: World, process: Process, answer: str):
    source = await waiting(world, process, ANN, **GOAL)
    now = world.clock.now()
    claim = partial(claim_due, source=source, now=now, limit=10)
    mine = partial(claim, session_id=process.session_id)
    claims = await world.database.write_ledger(mine, inside=source.org_id)
    await world.set_contact(claims.mails[0].contact_id, name="buyer")
    if answer == "missing":
        del world.audience.others[BUYERS]
    async with world.process() as other:
        theirs = partial(claim, session_id=other.session_id)
        await world.database.write_ledger(theirs, inside=source.org_id)
        wanted = await still_wanted(world.database, world.audience, claims, process.session_id, now)
        assert wanted == []
        assert await second_mails(world, source) == {ANN: "claimed: "}
