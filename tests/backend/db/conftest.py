"""A database with two organisations of three segments each."""

from collections.abc import AsyncIterator

import pytest

from backend.db.engine import Database, make_engine
from backend.db.models.org import Org
from backend.db.models.segment import Segment
from backend.db.schema import prepare_database
from contract.clock import ManualClock

NOW = ManualClock().now()


def segment(name: str, org_id: int | None = None) -> Segment:
    return Segment(org_id=org_id, id=name, name=name, dsl_json={}, created_at=NOW, updated_at=NOW)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    engine = make_engine(database_url)
    await prepare_database(engine)
    database = Database(engine)
    async with database.system_writer() as session:
        session.add_all([Org(id=i, name=f"o{i}", created_at=NOW) for i in (1, 2)])
    for org_id in (1, 2):
        async with database.writer(org_id) as session:
            session.add_all([segment(f"{org_id}-{i}") for i in range(3)])
    yield database
    await database.close()
