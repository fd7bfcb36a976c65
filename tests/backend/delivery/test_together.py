"""Workers whose transactions run at the same time, one statement here and one there."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns.resending import resend
from backend.delivery.campaign_life import finish_if_done
from backend.delivery.claims import claim_due
from backend.delivery.door import hand
from backend.delivery.fencing import fence, this_one
from backend.delivery.freeze import _OvertakenError
from backend.delivery.mailer import LostError
from backend.delivery.sources import Claimed, Source, SourceKind
from backend.ports import Ports
from backend.ports_memory import MemoryNames
from backend.secret_key import SecretKeys
from backend.work import Actor, Work
from contract.delivery import Resend
from contract.roles import Role
from tests.backend.delivery.process import Process
from tests.backend.delivery.test_state_machine import once
from tests.backend.delivery.world import World
from tests.backend.postgres.fixtures import Postgres

pytestmark = pytest.mark.parametrize("world", ["postgresql"], indirect=True)
"""SQLite has one writer at a time."""


@pytest.fixture
async def source(world: World) -> Source:
    """A campaign of six mails, ready to be claimed."""
    await world.add_contacts(*(f"c{i}@example.org" for i in range(6)))
    campaign = await world.add_campaign()
    await world.sending.tools.freezer.freeze(world.org_id, campaign)
    return Source(world.org_id, SourceKind.CAMPAIGN, campaign)


async def someone_waits(postgres: Postgres) -> None:
    """Until the server itself says that a transaction waits for another."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with asyncio.timeout(60):
        while postgres.admin.execute(query).fetchone() == (0,):
            await asyncio.sleep(0.01)


async def claim(
    session: AsyncSession, source: Source, process: Process, now: datetime, limit: int
) -> tuple[list[Claimed], int]:
    connection = await session.connection()
    claims = await connection.run_sync(claim_due, source, process.session_id, now, limit)
    return claims.mails, claims.taken


class TestClaims:
    async def test_two_at_once_take_different_mails_and_wait_for_nobody(
        self, world: World, process: Process, source: Source
    ):
        now = world.clock.now()
        async with world.database.ledger_writer(source.org_id) as first:
            mine, _ = await claim(first, source, process, now, 4)
            async with asyncio.timeout(60), world.database.ledger_writer(source.org_id) as second:
                theirs, _ = await claim(second, source, process, now, 4)
        assert (len(mine), len(theirs)) == (4, 2)
        assert len({row.id for row in (*mine, *theirs)}) == 6


async def waits_or_ends(postgres: Postgres, task: asyncio.Task[object]) -> None:
    """Until a transaction waits for another, or this one ended because it waits for nobody."""
    waiting = asyncio.create_task(someone_waits(postgres))
    await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


class TestFrequency:
    async def two(self, world: World) -> list[Source]:
        """Two campaigns to the same person."""
        await world.add_contacts("ann@example.org")
        found = []
        for _ in range(2):
            campaign = await world.add_campaign()
            await world.sending.tools.freezer.freeze(world.org_id, campaign)
            found.append(Source(world.org_id, SourceKind.CAMPAIGN, campaign))
        return found

    async def claimed(self, world: World, process: Process, source: Source) -> list[Claimed]:
        async with world.database.ledger_writer(source.org_id) as session:
            return (await claim(session, source, process, world.clock.now(), 1))[0]

    async def test_two_campaigns_at_once_send_one_mail_to_who_may_get_one(
        self, world: World, process: Process, postgres: Postgres
    ):
        await world.cap_frequency(1, 7)
        first, second = await self.two(world)
        async with world.database.ledger_writer(world.org_id) as session:
            mine, _ = await claim(session, first, process, world.clock.now(), 1)
            other = asyncio.create_task(self.claimed(world, process, second))
            await waits_or_ends(postgres, other)
        assert (len(mine), await other) == (1, [])
        assert await world.reasons(second.id) == {"ann@example.org": "capped: had 1 mail within 7 days"}

    async def test_where_there_is_no_cap_nobody_waits(self, world: World, process: Process):
        first, second = await self.two(world)
        async with world.database.ledger_writer(world.org_id) as session:
            await claim(session, first, process, world.clock.now(), 1)
            async with asyncio.timeout(60):
                assert len(await self.claimed(world, process, second)) == 1


class TestFencing:
    async def test_what_is_being_claimed_is_given_back(
        self, world: World, process: Process, source: Source, postgres: Postgres
    ):
        now = world.clock.now()
        async with world.database.ledger_writer(source.org_id) as claiming:
            await claim(claiming, source, process, now, 2)
            fencing = asyncio.create_task(self.fence(world, process))
            await someone_waits(postgres)
        await fencing
        assert set((await world.states(source.id)).values()) == {"pending"}

    async def test_what_goes_through_the_door_is_known_to_be_unknown(
        self, world: World, process: Process, source: Source, postgres: Postgres
    ):
        rows, _ = await process.jobs.pumping._claim(source, 2)
        async with world.database.system_writer() as handing:
            connection = await handing.connection()
            opened = await connection.run_sync(hand, rows, process.session_id, world.clock.now())
            fencing = asyncio.create_task(self.fence(world, process))
            await someone_waits(postgres)
        await fencing
        assert len(opened) == 2
        states = list((await world.states(source.id)).values())
        assert (states.count("unknown"), states.count("pending")) == (2, 4)
        assert not await process.journal.hand(rows[0]), "the door is shut now"

    async def test_the_door_waits_for_who_is_fencing_and_then_stays_shut(
        self, world: World, process: Process, source: Source, postgres: Postgres
    ):
        rows, _ = await process.jobs.pumping._claim(source, 2)
        async with world.database.system_writer() as fencing:
            await fence(await fencing.connection(), this_one(process.session_id), world.clock.now())
            handing = asyncio.create_task(process.journal.hand(rows[0]))
            await someone_waits(postgres)
        assert not await handing
        assert set((await world.states(source.id)).values()) == {"pending"}

    async def fence(self, world: World, process: Process) -> None:
        async with world.database.system_writer() as session:
            await fence(await session.connection(), this_one(process.session_id), world.clock.now())


class TestFreezing:
    async def test_a_freeze_that_was_overtaken_changes_nothing_more(self, world: World):
        """Its worker was taken for dead in the middle, and another began anew."""
        await world.add_contacts("ann@example.org", "bo@example.org")
        campaign = await world.add_campaign()
        freezer = world.sending.tools.freezer
        source = Source(world.org_id, SourceKind.CAMPAIGN, campaign)
        slow = await freezer._open(source)
        assert slow is not None
        again = await freezer._open(source)
        assert again is not None
        with pytest.raises(_OvertakenError):
            await freezer._fill(slow)
        with pytest.raises(_OvertakenError):
            await freezer._close(slow)
        assert (await world.campaign(campaign)).started_at is None
        await freezer._fill(again)
        assert await freezer._close(again)
        assert set((await world.states(campaign)).values()) == {"pending"}


class TestSendingAgain:
    """A person sends an unknown mail again while a worker finds that the campaign is done."""

    async def with_one_unknown(self, world: World, process: Process) -> str:
        world.mailer.after_body = once(LostError("silence"))
        await world.add_contacts("ann@example.org")
        campaign = await world.add_campaign()
        await process.work()
        assert await world.states(campaign) == {"ann@example.org": "unknown"}
        return campaign

    async def resend(self, world: World, session: AsyncSession, campaign: str) -> int:
        """As the request does it, on a connection of another process."""
        ports = Ports(world.audience, world.sending.delivery, world.sending.sequencing, MemoryNames())
        actor = Actor(1, world.org_id, Role.OWNER, members_may_send=True, client="")
        work = Work(session, actor, world.clock.now(), ports, SecretKeys(("a key",)))
        return await resend(work, campaign, Resend())

    async def test_who_comes_first_keeps_the_campaign_from_ending(
        self, world: World, process: Process, postgres: Postgres
    ):
        campaign = await self.with_one_unknown(world, process)
        await world.set_status(campaign, "SENDING")
        async with world.desk.writer(world.org_id) as session:
            assert await self.resend(world, session, campaign) == 1
            finishing = asyncio.create_task(self.finish(world, campaign))
            await waits_or_ends(postgres, finishing)
        assert not await finishing
        assert (await world.campaign(campaign)).status == "SENDING"
        await process.work()
        assert await world.states(campaign) == {"ann@example.org": "accepted"}
        assert (await world.campaign(campaign)).status == "SENT"

    async def test_who_comes_second_opens_it_again(self, world: World, process: Process, postgres: Postgres):
        campaign = await self.with_one_unknown(world, process)
        await world.set_status(campaign, "SENDING")
        async with world.database.writer(world.org_id) as session:
            assert await finish_if_done(session, campaign, world.clock.now())
            sending = asyncio.create_task(self.in_a_request(world, campaign))
            await waits_or_ends(postgres, sending)
        assert await sending == 1
        found = await world.campaign(campaign)
        assert (found.status, found.finished_at) == ("SENDING", None)
        await process.work()
        assert await world.states(campaign) == {"ann@example.org": "accepted"}
        assert (await world.campaign(campaign)).status == "SENT"

    async def finish(self, world: World, campaign: str) -> bool:
        async with world.database.writer(world.org_id) as session:
            return await finish_if_done(session, campaign, world.clock.now())

    async def in_a_request(self, world: World, campaign: str) -> int:
        async with world.desk.writer(world.org_id) as session:
            return await self.resend(world, session, campaign)
