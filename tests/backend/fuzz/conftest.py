"""One application for the fuzzer, with an owner's token and one row of everything for its ids to hit.

It runs the application in a loop of its own, so what it finds there is prepared in another one before.
"""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from litestar import Litestar
from schemathesis.python.asgi import shutdown_lifespans

from backend.app import build_app
from backend.settings import Settings
from contract.clock import ManualClock
from tests.backend.conftest import CHEAP, Server
from tests.backend.lifespan import running
from tests.backend.matrix.world import MADE, a_world

LONG = "HANDBILL_SEEDS" in os.environ
"""Whether there is time for every combination that the fuzzer can think of."""


def _app(folder: Path) -> Litestar:
    url = f"sqlite+aiosqlite:///{folder / 'handbill.db'}"
    settings = Settings(data_dir=folder, database_url=url, secret_keys=("a secret key for tests only",))
    return build_app(settings, ManualClock(), passwords=CHEAP)


async def _prepare(app: Litestar) -> str:
    """An owner's access token."""
    async with running(app):
        world = await a_world(Server(app, ManualClock()))
        for state in MADE:
            await world.target(state)
        for client in world.server.clients:
            await client.aclose()
        return world.owner.session.access_token


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def token(folder: Path) -> str:
    return asyncio.run(_prepare(_app(folder)))


@pytest.fixture(scope="module")
def api_schema(folder: Path, token: str) -> Iterator[schemathesis.BaseSchema]:
    del token  # made in the same folder, before
    schema = schemathesis.openapi.from_asgi("/schema/openapi.json", _app(folder))
    schema.config.phases.coverage.enabled = LONG
    yield schema
    shutdown_lifespans()
