"""The backend of a game, on virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from backend.settings import Settings
from tests.backend.kept_routes import running_app
from tests.simulation.play import Game
from tests.simulation.virtual import VirtualClock, WrongClock, standstill
from tests.sync.conftest import CHEAP, World

__all__ = ["standstill"]


@asynccontextmanager
async def game_on(folder: Path, seed: int) -> AsyncIterator[Game]:
    """A game with a backend of its own."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nothing else runs yet
    clock = VirtualClock()
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite+aiosqlite:///{folder / 'handbill.db'}",
        secret_keys=("a secret key for tests only",),
    )
    server_clock = WrongClock(clock)
    async with running_app(settings, server_clock, passwords=CHEAP) as app:
        world = World(app, clock, folder)
        world.org = await world.open("ana")
        await clock.quiet()
        game = Game(world, clock, folder, seed)
        game.server_clock = server_clock
        yield game
        await game.end()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
