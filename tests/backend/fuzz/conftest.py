"""One application for the fuzzer, with an owner's token and one row of everything for its ids to hit.

It runs the application in a loop of its own, so what it finds there is prepared in another one before.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import schemathesis
from litestar import Litestar
from schemathesis.python.asgi import shutdown_lifespans

from backend.app import build_app
from backend.db.setup import admin_url, set_up
from backend.settings import Settings
from contract.clock import ManualClock
from tests.backend.conftest import CHEAP, Server
from tests.backend.kept_routes import running_app
from tests.backend.matrix.world import MADE, a_world
from tests.backend.postgres.fixtures import Postgres

ROUNDS = max(1, int(os.environ.get("HANDBILL_SEEDS", "1")) // 10)
LONG = "HANDBILL_SEEDS" in os.environ
"""Whether there is time for every combination that the fuzzer can think of."""


async def _furnished(site: Settings) -> str:
    """An owner's access token; the organisation has one row of everything."""
    async with running_app(site, ManualClock(), passwords=CHEAP) as app:
        world = await a_world(Server(app, ManualClock()))
        for state in MADE:
            await world.target(state)
        for client in world.server.clients:
            await client.aclose()
        return world.owner.session.access_token


async def _empty(site: Settings) -> str:
    """The same for an organisation that has nothing yet."""
    async with running_app(site, ManualClock(), passwords=CHEAP) as app:
        server = Server(app, ManualClock())
        owner = await server.sign_in(*await server.org("Empty", f"{uuid4().hex}@example.com"))
        await owner.http.aclose()
        return owner.session.access_token


def _another_database(folder: str) -> str:
    """Its address: other tests empty theirs while the fuzzer is at work on this one."""
    with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as admin:
        name = "handbill_fuzz"
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        admin.execute(f"CREATE DATABASE {name}".encode())
        place = Postgres(folder, name, admin)
    set_up(admin_url(place.admin_url))
    return place.app_url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    url = f"sqlite+aiosqlite:///{folder / 'handbill.db'}"
    if request.param == "postgresql":
        url = _another_database(request.getfixturevalue("postgres_folder"))
    return Settings(data_dir=folder, database_url=url, secret_keys=("a secret key for tests only",))


@pytest.fixture(scope="module")
def token(site: Settings) -> str:
    return asyncio.run(_furnished(site))


@pytest.fixture(scope="module")
def empty_token(site: Settings) -> Callable[[], str]:
    return lambda: asyncio.run(_empty(site))


@pytest.fixture(scope="module")
def app(site: Settings, token: str) -> Iterator[Litestar]:
    del token  # made in the same database, before
    yield build_app(site, ManualClock(), passwords=CHEAP)
    shutdown_lifespans()


@pytest.fixture(scope="module")
def api_schema(app: Litestar) -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app)
    schema.config.phases.coverage.enabled = LONG
    return schema


@pytest.fixture(scope="module")
def linked_schema(app: Litestar) -> schemathesis.BaseSchema:
    """Of documents, how they are made and deleted, and only requests that fit."""
    schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app)
    schema.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE])
    # The document has its links. Guessing more from names stumbles over `campaignId`, which a filter may have
    # at any depth: some of its places are lists in lists.
    schema.config.phases.stateful.inference.algorithms = []
    return schema.include(path_regex=r"^/api/(segments|campaigns|sequences)(/\{row_id\})?$")
