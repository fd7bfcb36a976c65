"""What holds for every test."""

import asyncio
import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests import forked
from tests.kept_statements import keep_statements

SEEDS = int(os.environ.get("HANDBILL_SEEDS", "0"))
"""More than a few: a long run, at night."""

gc.set_threshold(50_000, 20, 50)
"""Looking for garbage among what thousands of tests and their modules keep took a sixth of the time."""


keep_statements()


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end; only what tests make is looked through."""
    gc.collect()
    gc.freeze()


settings.register_profile("steady", deadline=None)
settings.register_profile("long", deadline=None, max_examples=10 * max(10, SEEDS))
settings.load_profile("long" if SEEDS >= 100 else "steady")


@pytest.fixture
def fresh_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes load the program themselves, for tests of just that."""
    monkeypatch.setattr(forked, "PROGRAMS", {})


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file as the backend makes it at its first start, without a row; to be copied."""
    from backend.db.engine import make_engine
    from backend.db.schema import prepare_database

    path = tmp_path_factory.mktemp("empty") / "handbill.db"

    async def make() -> None:
        engine = make_engine(f"sqlite+aiosqlite:///{path}")
        await prepare_database(engine)
        await engine.dispose()

    asyncio.run(make())
    assert [file.name for file in path.parent.iterdir()] == [path.name], "nothing stands in a file beside it"
    return path
