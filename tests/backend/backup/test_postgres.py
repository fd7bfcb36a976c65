"""PostgreSQL's own programs do the copying; without them, or while someone works, there is a sentence."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backend.backup import postgres as tools
from backend.db.engine import Database, make_engine
from backend.db.setup import admin_url, set_up
from backend.orgs.service import create_org
from contract.clock import ManualClock
from tests.backend.postgres.fixtures import Postgres
from tests.backend.postgres.server import programs
from tests.backend.processes import refused, run

DATABASE = "handbill_backup"
KEY = "a secret key for tests only"


@pytest.fixture(scope="module")
def template(postgres_folder: str) -> Iterator[str]:
    """A database that was set up once; a copy of it takes a tenth of the time."""
    name = f"{DATABASE}_template"
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        set_up(admin_url(Postgres(postgres_folder, name, admin).admin_url))
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def own(postgres_folder: str, template: str) -> Iterator[Postgres]:
    """A database that no other test empties."""
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE} TEMPLATE {template}".encode())
        yield Postgres(postgres_folder, DATABASE, admin)
        admin.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)".encode())


@pytest.fixture
def environ(own: Postgres) -> dict[str, str]:
    binaries = programs()
    assert binaries is not None
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    return {"HANDBILL_DATABASE_URL": own.app_url, "HANDBILL_SECRET_KEY": KEY, "PATH": path}


async def organisation(own: Postgres, name: str) -> None:
    database = Database(make_engine(own.app_url))
    async with database.system_writer() as session:
        await create_org(session, name, f"{name}@x.example", "-", ManualClock().now())
    await database.close()


def names(own: Postgres) -> list[str]:
    with psycopg.connect(host=own.folder, user="postgres", dbname=DATABASE) as admin:
        return [row[0] for row in admin.execute("SELECT name FROM org ORDER BY id")]


async def test_there_and_back(own: Postgres, environ: dict[str, str], tmp_path: Path) -> None:
    copy, data = tmp_path / "copy.dump", ("--data-dir", str(tmp_path / "d"))
    await organisation(own, "before")
    admin = ("--admin-url", own.admin_url, "--json")
    made = run(tmp_path, "backup", str(copy), *admin, *data, **environ)
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    await organisation(own, "after")
    back = run(tmp_path, "restore", str(copy), *admin, *data, **environ)
    assert back.returncode == 0, back.stderr
    assert names(own) == ["before"]
    aside = json.loads(back.stdout)["aside"]
    again = run(tmp_path, "restore", aside, *admin, *data, **environ)
    assert again.returncode == 0, again.stderr
    assert names(own) == ["before", "after"]


async def test_the_border_stands_after_a_restore(
    own: Postgres, environ: dict[str, str], tmp_path: Path
) -> None:
    await organisation(own, "before")
    words = ("--admin-url", own.admin_url, "--data-dir", str(tmp_path / "d"))
    assert run(tmp_path, "backup", str(tmp_path / "c.dump"), *words, **environ).returncode == 0
    assert run(tmp_path, "restore", str(tmp_path / "c.dump"), *words, **environ).returncode == 0
    with psycopg.connect(host=own.folder, user="handbill_app", dbname=DATABASE) as app:
        assert app.execute("SELECT count(*) FROM feed_entry").fetchone() == (0,)
        app.execute("SELECT set_config('app.org_id', '1', true)")
        assert app.execute("SELECT count(*) FROM feed_entry").fetchone() == (2,)


class TestRefusals:
    def test_a_backend_that_is_connected(
        self, own: Postgres, environ: dict[str, str], tmp_path: Path
    ) -> None:
        words = ("--admin-url", own.admin_url, "--data-dir", str(tmp_path / "d"))
        assert run(tmp_path, "backup", str(tmp_path / "c.dump"), *words, **environ).returncode == 0
        with psycopg.connect(host=own.folder, user="handbill_app", dbname=DATABASE):
            refused(run(tmp_path, "restore", str(tmp_path / "c.dump"), *words, **environ), 1, "stop it first")

    def test_without_an_administrator(self, own: Postgres, environ: dict[str, str], tmp_path: Path) -> None:
        words = ("backup", str(tmp_path / "c.dump"), "--data-dir", str(tmp_path / "d"))
        refused(run(tmp_path, *words, **environ), 2, "--admin-url")

    def test_a_file_that_is_no_backup(self, own: Postgres, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "c.dump").write_text("nonsense")
        words = ("--admin-url", own.admin_url, "--data-dir", str(tmp_path / "d"))
        refused(run(tmp_path, "restore", str(tmp_path / "c.dump"), *words, **environ), 1, "pg_restore failed")

    def test_without_the_programs(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: Postgres
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(tools.ToolError, match="pg_dump was not found"):
            tools.dump(admin_url(own.admin_url), tmp_path / "c.dump")
        assert not (tmp_path / "c.dump").exists()
