"""One application and one world for all tests of a module: they only add to it, so none disturbs another.

Its PostgreSQL database is its own, because other tests empty the one they share.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from backend.app import build_app
from backend.db.setup import admin_url, set_up
from backend.settings import Settings
from contract.clock import ManualClock
from tests.backend.conftest import CHEAP, Server
from tests.backend.lifespan import running
from tests.backend.matrix.world import World, a_world
from tests.backend.postgres.fixtures import Postgres

DATABASE = "handbill_world"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('world') / 'handbill.db'}"
        return
    folder: str = request.getfixturevalue("postgres_folder")
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE}".encode())
        own = Postgres(folder, DATABASE, admin)
        set_up(admin_url(own.admin_url))
        yield own.app_url
        admin.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(world_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=folder, database_url=world_url, secret_keys=("a secret key for tests only",))
    app = build_app(settings, ManualClock(), passwords=CHEAP)
    async with running(app):
        server = Server(app, ManualClock())
        yield await a_world(server)
        for client in server.clients:
            await client.aclose()
