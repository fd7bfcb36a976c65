from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.backend.delivery.world import Process, World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    found = World(tmp_path)
    await found.open()
    yield found
    await found.database.close()


@pytest.fixture
async def process(world: World) -> AsyncIterator[Process]:
    async with world.process() as running:
        yield running
