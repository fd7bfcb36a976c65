"""A database file into which the demo was put, by a clock that stands still."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from backend.db.engine import Database, make_engine
from backend.db.schema import prepare_database
from backend.demo import ensure_demo
from contract.clock import ManualClock


async def empty_database(path: Path) -> Database:
    database = Database(make_engine(f"sqlite+aiosqlite:///{path}"))
    await prepare_database(database.engine)
    return database


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole demo, made once; whoever changes it copies it first."""
    path = tmp_path_factory.mktemp("demo") / "handbill.db"
    database = await empty_database(path)
    assert await ensure_demo(database, "no password", ManualClock())
    await database.close()
    return path


@pytest.fixture
async def demo(demo_file: Path) -> AsyncIterator[Database]:
    database = Database(make_engine(f"sqlite+aiosqlite:///{demo_file}"))
    yield database
    await database.close()
