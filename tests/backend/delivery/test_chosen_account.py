"""Through which account a campaign leaves, and what a pause of that account by hand means for it."""

from datetime import timedelta

from sqlalchemy import update

from backend.db.models.account import SendingAccount
from backend.delivery.jobs import TICK
from backend.delivery.mailer import Envelope
from tests.backend.delivery.process import Process
from tests.backend.delivery.test_reading import loaded
from tests.backend.delivery.world import World


async def add_account(world: World, number: int, **more: object) -> None:
    async with world.database.writer(world.org_id) as session:
        session.add(
            SendingAccount(
                id=number,
                name=f"Account {number}",
                host=f"mail{number}.example",
                port=587,
                tls="none",
                from_email=f"news{number}@example.net",
                created_at=world.clock.now(),
                **more,
            )
        )


async def set_account(world: World, number: int, **values: object) -> None:
    async with world.database.writer(world.org_id) as session:
        await session.execute(update(SendingAccount).where(SendingAccount.id == number).values(**values))


def senders(world: World) -> set[str]:
    return {envelope.sender for envelope, _ in world.mailer.taken}


async def waits(world: World, campaign_id: str) -> list[str]:
    row = await loaded(world, campaign_id)
    async with world.database.reader(world.org_id) as session:
        report = await world.sending.delivery.report(session, row)
    return [reason for reason in report.reasons if reason.startswith("waiting: ")]


class TestChoice:
    async def test_the_chosen_one_sends_else_the_default(self, world: World, process: Process):
        await add_account(world, 900)
        await add_account(world, 901, is_default=True)
        await add_account(world, 902)
        await world.add_contacts("ann@example.org")
        await world.add_campaign(account_id=902)
        await process.work()
        assert senders(world) == {"news902@example.net"}
        world.mailer.taken.clear()
        await world.add_campaign()
        await process.work()
        assert senders(world) == {"news901@example.net"}

    async def test_a_sequence_sends_through_the_one_it_was_published_with(
        self, world: World, process: Process
    ):
        await add_account(world, 900, is_default=True)
        await add_account(world, 901)
        await world.add_contacts("ann@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 1), accountId="901")
        await world.publish(sequence)
        await world.set_settings(sequence)
        await process.work()
        assert senders(world) == {"news901@example.net"}
        world.mailer.taken.clear()
        await world.publish(sequence)
        await world.clock.advance(3600)
        await process.work()
        assert senders(world) == {"news900@example.net"}

    async def test_one_that_is_gone_is_replaced_by_no_other(self, world: World, process: Process):
        await add_account(world, 900)
        await world.add_contacts("ann@example.org")
        campaign = await world.add_campaign(account_id=901)
        await process.work()
        assert world.mailer.taken == []
        assert (await world.campaign(campaign)).paused_reason == "no_sending_account"


class TestPausedByHand:
    async def test_nothing_leaves_and_its_campaign_says_why(self, world: World, process: Process):
        await add_account(world, 900, paused_at=world.clock.now(), paused_because="by ann: moving")
        await add_account(world, 901)
        await world.add_contacts("ann@example.org")
        held = await world.add_campaign(account_id=900)
        other = await world.add_campaign(account_id=901)
        await process.work()
        assert senders(world) == {"news901@example.net"}
        assert await waits(world, held) == ["waiting: the account “Account 900” is paused by ann: moving"]
        assert await waits(world, other) == []
        await set_account(world, 900, paused_at=None)
        await process.work()
        assert senders(world) == {"news900@example.net", "news901@example.net"}
        assert await world.states(held) == {"ann@example.org": "accepted"}

    async def test_a_running_pump_gives_back_what_it_holds(self, world: World, process: Process):
        await add_account(world, 900, lanes=1)
        await world.add_contacts(*(f"c{number}@example.org" for number in range(20)))
        campaign = await world.add_campaign()
        unscripted = world.mailer.before_door

        async def pausing_at_the_third(envelope: Envelope, message: bytes) -> None:
            if len(world.mailer.taken) == 2:
                await set_account(world, 900, paused_at=world.clock.now())
                await process.jobs.handlers()[TICK]("")

        world.mailer.before_door = pausing_at_the_third
        await process.work()
        assert len(world.mailer.taken) == 3, "the one that was on the wire, no other"
        states = list((await world.states(campaign)).values())
        assert sorted(set(states)) == ["accepted", "pending"]
        world.mailer.before_door = unscripted
        await set_account(world, 900, paused_at=None)
        await process.work()
        assert len(world.mailer.taken) == 20
        assert len(set(world.mailer.recipients())) == 20


async def test_a_used_up_day_is_named_until_it_ends(world: World, process: Process):
    await add_account(world, 900, daily_cap=2)
    await world.add_contacts("a@example.org", "b@example.org", "c@example.org")
    campaign = await world.add_campaign()
    await process.work()
    assert len(world.mailer.taken) == 2
    said = "waiting: the account “Account 900” sent its 2 mails of today; it goes on at 00:00 UTC"
    assert await waits(world, campaign) == [said]
    await world.clock.advance(timedelta(days=1).total_seconds())
    await process.work()
    assert len(world.mailer.taken) == 3
    assert await waits(world, campaign) == []
