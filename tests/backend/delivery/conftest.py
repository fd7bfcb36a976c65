import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World
from tests.backend.postgres.fixtures import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(tmp_path: Path, request: pytest.FixtureRequest, empty_sqlite: Path) -> AsyncIterator[World]:
    """On each database, as a worker sees it."""
    postgres: Postgres | None = None
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
    else:
        shutil.copy(empty_sqlite, tmp_path / "handbill.db")
    found = World(tmp_path, postgres=postgres)
    await found.open()
    yield found
    await found.close()


@pytest.fixture
async def process(world: World) -> AsyncIterator[Process]:
    async with world.process() as running:
        yield running
