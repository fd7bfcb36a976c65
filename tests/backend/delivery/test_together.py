"""Workers whose transactions run at the same time, one statement here and one there."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from backend.delivery.claims import claim_due
from backend.delivery.door import hand
from backend.delivery.fencing import fence, this_one
from backend.delivery.freeze import _OvertakenError
from backend.delivery.sources import Claimed, Source, SourceKind
from tests.backend.delivery.world import Process, World
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
    async with asyncio.timeout(10):
        while postgres.admin.execute(query).fetchone() == (0,):
            await asyncio.sleep(0.01)


async def claim(
    session: AsyncSession, source: Source, process: Process, now: datetime, limit: int
) -> tuple[list[Claimed], int]:
    connection = await session.connection()
    return await connection.run_sync(claim_due, source, process.session_id, now, limit)


class TestClaims:
    async def test_two_at_once_take_different_mails_and_wait_for_nobody(
        self, world: World, process: Process, source: Source
    ):
        now = world.clock.now()
        async with world.database.ledger_writer(source.org_id) as first:
            mine, _ = await claim(first, source, process, now, 4)
            async with asyncio.timeout(5), world.database.ledger_writer(source.org_id) as second:
                theirs, _ = await claim(second, source, process, now, 4)
        assert (len(mine), len(theirs)) == (4, 2)
        assert len({row.id for row in (*mine, *theirs)}) == 6


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
