"""Listening for changes: a colleague's edit is heard, one's own is not, and a broken line is tried again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from contract.clock import SystemClock
from sync.api import Api, transport_for
from sync.poke import PokeListener
from tests.backend.events.serving import eventually, served
from tests.sync.conftest import World, mail

SECONDS = 10


class Ear:
    """Counts what it hears."""

    def __init__(self) -> None:
        self.heard = 0
        self._changed = asyncio.Event()

    def __call__(self) -> None:
        self.heard += 1
        self._changed.set()

    async def hears(self, times: int) -> None:
        async with asyncio.timeout(SECONDS):
            while self.heard < times:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def socket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("s") / "api.sock"


@pytest.fixture
async def line(world: World, socket: Path) -> AsyncIterator[Api]:
    """A signed-in connection to where a server may listen."""
    session = await world.app.state.auth.open(*world.org)
    async with Api(*transport_for(f"unix:{socket}")) as api:
        api._adopt(session.model_dump(by_alias=True, mode="json"))
        yield api


class Impatient(SystemClock):
    """Pauses pass at once, and are noted."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0.01)


async def test_what_a_colleague_writes_is_heard_and_what_one_knows_is_not(
    world: World, socket: Path, line: Api
) -> None:
    ear = Ear()
    colleague = await world.desk()
    async with served(world.app, socket):
        task = asyncio.create_task(PokeListener(line, Impatient(), Random(1), ear).run())
        await ear.hears(1)  # nothing was ever pulled
        known = (await colleague.api.call("GET", "/api/sync/changes")).body["cursor"]
        line.witness = f"{int(known.partition('.')[0]) + 1}.next"
        await colleague.create(mail("Hello"))
        await colleague.push_all()
        await colleague.create(mail("Again"))
        await colleague.push_all()
        await ear.hears(2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert ear.heard == 2


async def test_it_comes_back_after_the_server_was_away(world: World, socket: Path, line: Api) -> None:
    ear, clock = Ear(), Impatient()
    task = asyncio.create_task(PokeListener(line, clock, Random(1), ear).run())
    await eventually(lambda: len(clock.slept) >= 5)
    assert max(clock.slept) > 1, "the pauses grow"
    assert max(clock.slept) <= 31
    async with served(world.app, socket):
        await ear.hears(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_session_that_ended_is_renewed(world: World, socket: Path, line: Api) -> None:
    ear = Ear()
    await world.clock.advance(20 * 60)
    async with served(world.app, socket):
        task = asyncio.create_task(PokeListener(line, Impatient(), Random(1), ear).run())
        await ear.hears(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
