"""What the database promises about its file, its times and its writers."""

import asyncio
import sqlite3
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from backend.db.engine import Database, make_engine
from backend.db.models.segment import Segment
from backend.db.schema import SCHEMA_VERSION, NewerDatabaseError, NotADatabaseError, prepare_database
from backend.db.timestamps import next_version
from backend.db.types import UtcDateTime
from tests.backend.db.conftest import NOW


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_durable_and_private(database: Database, tmp_path: Path) -> None:
    async with database.system_reader() as session:
        pragmas = [
            (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
        ]
    assert pragmas == ["wal", 2, 1, SCHEMA_VERSION]
    assert stat.S_IMODE((tmp_path / "handbill.db").stat().st_mode) == 0o600


async def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    moment = datetime(2026, 3, 2, 20, 14, 5, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with database.writer(1) as session:
        await session.execute(update(Segment).values(updated_at=moment))
    async with database.reader(1) as session:
        found = await session.scalar(select(Segment.updated_at).limit(1))
    assert found == moment
    assert found.tzinfo is UTC


async def test_a_naive_time_is_refused() -> None:
    engine = make_engine("sqlite+aiosqlite:///:memory:")
    with pytest.raises(ValueError, match="offset"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), engine.dialect)  # noqa: DTZ001
    await engine.dispose()


async def test_writers_take_turns(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.writer(1) as session:
            row = (await session.scalars(select(Segment).where(Segment.id == "1-0"))).one()
            count = row.dsl_json.get("n", 0)
            await asyncio.sleep(0)
            row.dsl_json = {"n": count + 1, "by": number}

    await asyncio.gather(*(write(i) for i in range(20)))
    async with database.reader(1) as session:
        assert (await session.scalar(select(Segment.dsl_json).where(Segment.id == "1-0")))["n"] == 20


async def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    async with database.writer(1) as session:
        await session.execute(update(Segment).values(name="new"))
        async with database.reader(1) as other:
            assert "new" not in set(await other.scalars(select(Segment.name)))


async def test_what_raises_is_rolled_back(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.writer(1) as session:
            await session.execute(update(Segment).values(name="half"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail_half_way()
    async with database.reader(1) as session:
        assert "half" not in set(await session.scalars(select(Segment.name)))


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    engine = make_engine(f"sqlite+aiosqlite:///{path}")
    with pytest.raises(NewerDatabaseError, match="99"):
        await prepare_database(engine)
    await engine.dispose()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, this is no database." * 40)
    engine = make_engine(f"sqlite+aiosqlite:///{path}")
    with pytest.raises(NotADatabaseError):
        await prepare_database(engine)
    await engine.dispose()


def test_versions_grow_even_when_the_clock_goes_back() -> None:
    assert next_version(NOW - timedelta(days=1), NOW) == NOW + timedelta(microseconds=1)
    assert next_version(NOW + timedelta(days=1), NOW) == NOW + timedelta(days=1)
