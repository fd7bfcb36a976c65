"""Nobody gets more mail than the organisation allows itself, over campaigns and sequences together."""

from datetime import timedelta

from backend.delivery.mailer import AccountTroubleError
from tests.backend.delivery.process import Process
from tests.backend.delivery.test_reading import loaded
from tests.backend.delivery.world import World

DAY = 24 * 3600


async def capped(world: World, campaign: str) -> tuple[int, int]:
    async with world.database.reader(world.org_id) as session:
        funnel = await world.sending.delivery.audience(
            session, await loaded(world, campaign), world.clock.now()
        )
    assert funnel.matched == funnel.suppressed + funnel.unsubscribed + funnel.capped + funnel.will_send
    return funnel.capped, funnel.will_send


async def test_whoever_had_enough_is_left_out_by_name_and_comes_back_after_the_window(
    world: World, process: Process
):
    await world.cap_frequency(2, 7)
    await world.add_contacts("ann@example.org")
    for _ in range(2):
        await world.add_campaign()
        await process.work()
        await world.clock.advance(DAY)
    await world.add_contacts("new@example.org")
    third = await world.add_campaign()
    assert await capped(world, third) == (1, 1)
    await process.work()
    assert await world.reasons(third) == {
        "ann@example.org": "capped: had 2 mails within 7 days",
        "new@example.org": "250 taken",
    }
    await world.clock.advance(5 * DAY)  # her first mail is 7 days old
    fourth = await world.add_campaign()
    assert await capped(world, fourth) == (0, 2)
    await process.work()
    assert await world.states(fourth) == {"ann@example.org": "accepted", "new@example.org": "accepted"}


async def test_two_campaigns_that_were_frozen_together(world: World, process: Process):
    await world.cap_frequency(1, 1)
    await world.add_contacts("ann@example.org", "bo@example.org")
    campaigns = [await world.add_campaign() for _ in range(2)]
    await process.work()
    assert sorted(world.mailer.recipients()) == ["ann@example.org", "bo@example.org"]
    states = [state for campaign in campaigns for state in (await world.states(campaign)).values()]
    assert sorted(states) == ["accepted"] * 2 + ["skipped"] * 2


async def test_a_sequence_waits_and_loses_no_step(world: World, process: Process):
    await world.cap_frequency(1, 2)
    await world.add_contacts("ann@example.org")
    await world.add_campaign()
    await process.work()
    sequence = await world.add_sequence(("Welcome", 0), ("Tips", 24))
    await world.publish(sequence)
    await process.work()
    assert len(world.mailer.taken) == 1
    assert [(row.state, row.attempts) for row in await world.rows(sequence)] == [("pending", 0)]
    for _ in range(10):
        await world.clock.advance(DAY)
        await process.work()
    assert world.subjects()[1:] == ["Welcome", "Tips"]


async def test_mails_that_never_came_do_not_count(world: World, process: Process):
    await world.cap_frequency(1, 7)
    (ann,) = await world.add_contacts("ann@example.org")
    await world.set_contact(ann, status="unsubscribed")
    await world.add_campaign()
    await process.work()
    await world.set_contact(ann, status="subscribed")
    await world.clock.advance(timedelta(hours=1).total_seconds())
    second = await world.add_campaign()
    assert await capped(world, second) == (0, 1)


async def test_two_steps_of_one_person_that_became_due_meanwhile_are_told_apart(
    world: World, process: Process
):
    """The server was in trouble for so long that both are claimed in one batch."""
    await world.cap_frequency(1, 2)
    await world.add_contacts("ann@example.org")
    sequence = await world.add_sequence(("Welcome", 0), ("Tips", 1))
    await world.publish(sequence)
    world.mailer.trouble = AccountTroubleError("mail.example.com:25 cannot be used")
    for _ in range(3):
        await process.work()
        await world.clock.advance(3600)
    assert len(await world.rows(sequence)) == 2
    world.mailer.trouble = None
    await world.clock.advance(DAY / 2)
    await process.work()
    assert world.subjects() == ["Welcome"]
    for _ in range(3):
        await world.clock.advance(DAY)
        await process.work()
    assert world.subjects() == ["Welcome", "Tips"]
