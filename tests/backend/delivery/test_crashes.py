"""Killing the worker at random points, thousands of times in little: the promise of the ledger.

No address gets a mail twice; everyone ends in exactly one named state; at most as many mails are unknown as
connections were open when the worker died.
"""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from backend.delivery.mailer import Envelope, LostError, NotSentError, RefusedError, Stage
from backend.delivery.sources import Source, SourceKind
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

CONTACTS = 24
FINAL = {"accepted", "bounced", "failed", "unknown", "skipped"}


class _KilledError(BaseException):
    """The process is gone: nothing after this line of it runs."""


class Chaos:
    """A server and a murderer that share one random source."""

    def __init__(self, world: World, random: Random) -> None:
        self.world = world
        self.random = random
        self.killed = asyncio.Event()
        self.deaths = 0
        world.mailer.before_door = self.before_door
        world.mailer.at_body = self.at_body
        world.mailer.after_body = self.after_body

    async def _perhaps_die(self, share: float) -> None:
        if self.killed.is_set() or self.random.random() < share:
            self.killed.set()
            await asyncio.Event().wait()  # the rest of this process never happens
        for _ in range(self.random.randrange(3)):
            await asyncio.sleep(0)

    async def before_door(self, envelope: Envelope, message: bytes) -> None:
        await self._perhaps_die(0.02)
        roll = self.random.random()
        if roll < 0.05:
            raise NotSentError("dropped")
        if roll < 0.10:
            raise RefusedError(Stage.RCPT, 450, "later")

    async def at_body(self, envelope: Envelope, message: bytes) -> None:
        """Between the committed mark and the first byte."""
        await self._perhaps_die(0.02)

    async def after_body(self, envelope: Envelope, message: bytes) -> None:
        """The server has it; the answer is on its way."""
        await self._perhaps_die(0.03)
        roll = self.random.random()
        if roll < 0.03:
            raise LostError("dropped after the dot")

    async def live(self, process: Process) -> bool:
        """Work until there is nothing to do or death comes; whether it survived."""
        work = asyncio.create_task(process.work())
        death = asyncio.create_task(self.killed.wait())
        await asyncio.wait({work, death}, return_when=asyncio.FIRST_COMPLETED)
        survived = not self.killed.is_set()
        death.cancel()
        await process.kill()
        work.cancel()
        await asyncio.gather(work, death, return_exceptions=True)
        if survived:
            work.result()
        self.killed = asyncio.Event()
        return survived


async def run_until_sent(world: World, seed: int) -> tuple[str, int]:
    """The campaign and how often a worker died while it was sent."""
    chaos = Chaos(world, Random(seed))
    await world.add_contacts(*(f"c{i}@example.org" for i in range(CONTACTS)))
    campaign = await world.add_campaign()
    for _ in range(200):
        process = Process(world)
        await process.start()
        chaos.deaths += not await chaos.live(process)
        world.mailer.open = 0
        if (await world.campaign(campaign)).status == "SENT":
            return campaign, chaos.deaths
        await world.clock.advance(600)
    raise AssertionError("it never ended")


@pytest.mark.parametrize("seed", range(12))
async def test_nobody_gets_it_twice_and_nobody_is_lost(tmp_path: Path, seed: int):
    world = World(tmp_path, seed)
    await world.open()
    try:
        campaign, deaths = await run_until_sent(world, seed)
        rows = await world.rows(campaign)
    finally:
        await world.close()
    got = Counter(world.mailer.recipients())
    assert [address for address, count in got.items() if count > 1] == []
    assert len(rows) == CONTACTS
    assert {row.state for row in rows} <= FINAL
    assert {row.address for row in rows if row.state == "accepted"} <= set(got)
    crashed = sum(row.reason.startswith("the worker ended") for row in rows)
    assert crashed <= deaths * world.account.lanes
    lost = [row.address for row in rows if row.state == "unknown" and row.address not in got]
    assert len(lost) <= deaths * world.account.lanes
    accounted = {row.address for row in rows if row.state in ("accepted", "unknown")}
    assert set(got) <= accounted, "whoever got it is never called bounced, failed or skipped"


async def test_a_worker_that_slept_too_long_sends_nothing_more(world: World):
    """Frozen with its rows claimed, found dead by another, and then awake again."""
    await world.add_contacts(*(f"c{i}@example.org" for i in range(CONTACTS)))
    campaign = await world.add_campaign()
    frozen, thawed = asyncio.Event(), asyncio.Event()

    async def freeze(envelope: Envelope, message: bytes) -> None:
        if len(world.mailer.taken) >= 3 and not thawed.is_set():
            frozen.set()
            await thawed.wait()

    world.mailer.before_door = freeze
    async with world.process() as sleeper:
        asleep = asyncio.create_task(sleeper.work())
        await frozen.wait()
        await world.clock.advance(9)
        world.mailer.before_door = fine
        async with world.process() as other:
            await other.work()
            thawed.set()
            await asleep
    assert Counter(world.mailer.recipients()).most_common(1)[0][1] == 1
    assert set((await world.states(campaign)).values()) == {"accepted"}


async def fine(envelope: Envelope, message: bytes) -> None:
    del envelope, message


async def test_an_expired_session_takes_nothing_and_opens_no_door(world: World, process: Process):
    await world.add_contacts("ann@example.org", "bo@example.org")
    campaign = await world.add_campaign()
    await world.sending.tools.freezer.freeze(world.org_id, campaign)
    source = Source(world.org_id, SourceKind.CAMPAIGN, campaign)
    rows, _ = await process.jobs.pumping._claim(source, 1)
    await world.clock.advance(9)
    assert await process.jobs.pumping._claim(source, 1) == ([], 0)
    assert not await process.journal.hand(rows[0])
