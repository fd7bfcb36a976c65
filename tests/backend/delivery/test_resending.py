"""Mails of which nobody knows: sent again only by a person's word, under the same Message-ID."""

import re
from datetime import timedelta

from sqlalchemy import select

from backend.db.models.campaign import Campaign
from backend.db.models.contact import Suppression
from backend.db.models.sequence import Sequence
from backend.delivery.mailer import LostError, RefusedError, Stage
from tests.backend.delivery.process import Process
from tests.backend.delivery.test_state_machine import once
from tests.backend.delivery.world import World

_MESSAGE_ID = re.compile(rb"^Message-ID: (.*)\r$", re.MULTILINE)


def message_ids(world: World, address: str) -> list[bytes]:
    return [
        _MESSAGE_ID.findall(message)[0]
        for envelope, message in world.mailer.taken
        if envelope.recipient == address
    ]


async def with_an_unknown_one(world: World, process: Process) -> str:
    await world.add_contacts("ann@example.org", "bo@example.org", "cy@example.org")
    world.mailer.after_body = once(LostError("silence"), "bo@example.org")
    campaign = await world.add_campaign()
    await process.work()
    assert (await world.states(campaign))["bo@example.org"] == "unknown"
    assert (await world.campaign(campaign)).status == "SENT"
    return campaign


async def resend(world: World, campaign_id: str, *, ids: list[int] | None = None, words: str | None = None):
    async with world.database.writer(world.org_id) as session:
        row = await session.scalar(select(Campaign).where(Campaign.id == campaign_id))
        assert row is not None
        count = await world.sending.delivery.resend(session, row, ids, words, world.clock.now())
        if count:
            row.status = "SENDING"
        return count


async def test_it_is_the_same_mail_again_and_the_others_get_nothing(world: World, process: Process):
    campaign = await with_an_unknown_one(world, process)
    await world.clock.advance(timedelta(days=3).total_seconds())
    await process.work()
    assert len(world.mailer.taken) == 3, "nobody but a person sends it again"
    assert await resend(world, campaign) == 1
    await process.work()
    first, second = message_ids(world, "bo@example.org")
    assert first == second
    assert len(world.mailer.taken) == 4
    assert set((await world.states(campaign)).values()) == {"accepted"}
    assert (await world.campaign(campaign)).status == "SENT"
    assert await resend(world, campaign) == 0


async def test_only_those_that_are_named(world: World, process: Process):
    campaign = await with_an_unknown_one(world, process)
    bo = next(row for row in await world.rows(campaign) if row.address == "bo@example.org")
    assert await resend(world, campaign, ids=[bo.id + 1]) == 0
    assert await resend(world, campaign, words="ann@") == 0
    assert await resend(world, campaign, ids=[bo.id], words="SILENCE") == 1


async def test_whoever_left_since_is_left_alone(world: World, process: Process):
    campaign = await with_an_unknown_one(world, process)
    bo = next(row for row in await world.rows(campaign) if row.address == "bo@example.org")
    await world.set_contact(bo.contact_id, status="unsubscribed")
    await resend(world, campaign)
    await process.work()
    assert len(world.mailer.taken) == 3
    assert (await world.states(campaign))["bo@example.org"] == "skipped"


async def test_it_survives_the_end_of_its_worker(world: World):
    async with world.process() as first:
        campaign = await with_an_unknown_one(world, first)
    assert await resend(world, campaign) == 1
    async with world.process() as second:
        await second.work()
    assert len(message_ids(world, "bo@example.org")) == 2


async def test_a_bounce_says_of_which_campaign_it_came(world: World, process: Process):
    (ann,) = await world.add_contacts("ann@example.org")
    world.mailer.before_door = once(RefusedError(Stage.RCPT, 550, "5.1.1 unknown"))
    campaign = await world.add_campaign()
    await process.work()
    async with world.desk.reader(world.org_id) as session:
        (row,) = await session.scalars(select(Suppression))
    assert (row.contact_id, row.source_id, row.reason) == (ann, campaign, "bounced")


async def test_a_step_of_a_sequence_too_though_its_contact_is_past_it(world: World, process: Process):
    await world.add_contacts("ann@example.org")
    world.mailer.after_body = once(LostError("silence"), "ann@example.org")
    sequence = await world.add_sequence(("hello", 0))
    await world.publish(sequence)
    await process.work()
    assert await world.states(sequence) == {"ann@example.org": "unknown"}
    async with world.database.writer(world.org_id) as session:
        row = (await session.scalars(select(Sequence).where(Sequence.id == sequence))).one()
        assert await world.sending.delivery.resend(session, row, None, None, world.clock.now()) == 1
    await process.work()
    assert await world.states(sequence) == {"ann@example.org": "accepted"}
    first, second = message_ids(world, "ann@example.org")
    assert first == second
