"""A database made by an older program keeps every row, and ends with the tables that the classes say."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.db import migrate, schema
from backend.db.base import Base
from backend.db.engine import MIGRATING, make_engine
from backend.db.migrate import configuration, drift, upgrade
from backend.db.schema import SCHEMA_VERSION, MigrationError, found_version, prepare_database, revision
from tests.backend.db.rows import ORGS

GONE = {("sending_account", "paused_reason"), ("contact", "last_sent_at")}
"""Columns of released schemas that a later one has no use for."""
RELEASED = sorted((Path(__file__).parent / "released").glob("version_*.sql"))


def restore(dump: Path, path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(dump.read_text())
    connection.close()
    return path


def rows_in(path: Path) -> dict[str, list[dict[str, Any]]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    found = {n: [dict(row) for row in connection.execute(f"SELECT * FROM {n}")] for n in names}
    connection.close()
    return found


def version_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    return int(version)


def shape_of(path: Path) -> dict[str, object]:
    """Columns, references, indexes and the kind of each table."""
    connection = sqlite3.connect(path)
    questions = (
        "SELECT name, type, [notnull], pk FROM pragma_table_info(?) ORDER BY name",
        'SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY 1, 2, 3',
        "SELECT name, [unique], partial FROM pragma_index_list(?) ORDER BY name",
        "SELECT sql LIKE '%WITHOUT ROWID%' FROM sqlite_master WHERE name = ?",
    )
    tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    shape = {
        table: [connection.execute(question, [table]).fetchall() for question in questions]
        for table in tables
        if table != "alembic_version"
    }
    connection.close()
    return shape


def engine_on(path: Path) -> AsyncEngine:
    return make_engine(f"sqlite+aiosqlite:///{path}")


async def upgraded(path: Path) -> list[object]:
    """What differs from the classes after the usual start."""
    engine = engine_on(path)
    await prepare_database(engine)
    async with engine.connect() as connection:
        differences = await connection.run_sync(drift)
        assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar() == 1
    await engine.dispose()
    return differences


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
async def test_every_released_file_upgrades_with_its_rows(dump: Path, tmp_path: Path) -> None:
    path = restore(dump, tmp_path / "old.db")
    before = rows_in(path)
    assert await upgraded(path) == []
    after = rows_in(path)
    for table, rows in before.items():
        left = [{name: row[name] for name in row if (table, name) not in GONE} for row in rows]
        kept = [{name: row[name] for name in left[0]} for row in after[table]]
        assert kept == left, table
    assert version_of(path) == SCHEMA_VERSION


async def test_a_new_file_is_as_if_migrated(tmp_path: Path) -> None:
    """New files are made from the classes; old ones come there step by step."""
    path = tmp_path / "new.db"
    assert await upgraded(path) == []
    stepped = engine_on(tmp_path / "stepped.db")
    async with stepped.execution_options(**{MIGRATING: True}).begin() as connection:
        await connection.run_sync(upgrade)
        assert await connection.run_sync(drift) == []
    await stepped.dispose()
    assert shape_of(path) == shape_of(tmp_path / "stepped.db")


def test_the_newest_step_is_the_version_of_this_program() -> None:
    script = ScriptDirectory.from_config(configuration())
    assert script.get_heads() == [revision(SCHEMA_VERSION)]
    assert len(list(script.walk_revisions())) == SCHEMA_VERSION


def test_the_usual_start_does_not_load_alembic(tmp_path: Path) -> None:
    """Neither the first one, which makes the file, nor any later one."""
    program = (
        "import asyncio, sys\n"
        "from backend.db.engine import make_engine\n"
        "from backend.db.schema import prepare_database\n"
        "for name in sys.argv[1:]:\n"
        "    engine = make_engine('sqlite+aiosqlite:///' + name)\n"
        "    asyncio.run(prepare_database(engine))\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    words = [sys.executable, "-c", program, *[str(tmp_path / "fresh.db")] * 2]
    assert subprocess.run(words, check=False, timeout=60).returncode == 0


async def test_rebuilding_a_table_keeps_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With foreign keys on, the copy that replaces a table would delete whatever refers to it."""
    path = restore(RELEASED[0], tmp_path / "old.db")
    steps = tmp_path / "steps"
    shutil.copytree(migrate.MIGRATIONS, steps, ignore=shutil.ignore_patterns("__pycache__"))
    number = SCHEMA_VERSION + 1
    (steps / "versions" / "v_next.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision = '{revision(number)}', '{revision(SCHEMA_VERSION)}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('segment', recreate='always') as batch:\n"
        "        batch.add_column(sa.Column('colour', sa.String()))\n"
    )
    monkeypatch.setattr(migrate, "MIGRATIONS", steps)
    monkeypatch.setattr(migrate, "SCHEMA_VERSION", number)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", number)
    engine = engine_on(path)
    await prepare_database(engine)
    async with engine.connect() as connection:
        assert sorted(
            await connection.scalars(select(Base.metadata.tables["segment_member"].c.org_id))
        ) == list(ORGS)
    await engine.dispose()
    assert "colour" in rows_in(path)["segment"][0]


async def test_a_step_that_breaks_a_reference_is_not_kept(tmp_path: Path) -> None:
    path = restore(RELEASED[0], tmp_path / "old.db")
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM contact WHERE org_id = 1")  # foreign keys are off here
    connection.commit()
    connection.close()
    before = rows_in(path)
    engine = engine_on(path)
    with pytest.raises(MigrationError, match="refers to a missing row"):
        await prepare_database(engine)
    await engine.dispose()
    assert (version_of(path), rows_in(path)) == (1, before)


def test_the_stored_files_have_rows_in_every_table(tmp_path: Path) -> None:
    found = rows_in(restore(RELEASED[-1], tmp_path / "old.db"))
    assert [table for table, rows in found.items() if not rows] == []


async def test_two_programs_may_start_together(tmp_path: Path) -> None:
    path = restore(RELEASED[0], tmp_path / "old.db")
    first, second = engine_on(path), engine_on(path)
    async with first.connect() as early:
        assert await early.run_sync(found_version) == 1
        await prepare_database(second)
    await prepare_database(first)
    assert version_of(path) == SCHEMA_VERSION
    await first.dispose()
    await second.dispose()
