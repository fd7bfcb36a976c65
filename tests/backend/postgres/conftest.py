"""Two organisations with a row in every table of a real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import create_engine

from backend.db.engine import Database, make_engine
from tests.backend.db.rows import fill
from tests.backend.postgres.fixtures import Postgres


@pytest.fixture
def filled(postgres: Postgres) -> Postgres:
    engine = create_engine(postgres.admin_url)
    with engine.begin() as connection:
        fill(connection)
    engine.dispose()
    return postgres


@pytest.fixture
async def app(filled: Postgres) -> AsyncIterator[Database]:
    """As `handbill serve` connects."""
    database = Database(make_engine(filled.app_url))
    yield database
    await database.close()


@pytest.fixture
async def worker(filled: Postgres) -> AsyncIterator[Database]:
    """As `handbill worker` connects."""
    database = Database(make_engine(filled.worker_url))
    yield database
    await database.close()
