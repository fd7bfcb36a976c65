"""One PostgreSQL for a whole run, prepared as an administrator would; each test finds it empty."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from backend.db.base import Base
from backend.db.entry import APP_ROLE
from backend.db.policies import WORKER_ROLE
from backend.db.setup import admin_url, set_up
from tests.backend.postgres.server import programs, running_postgres


@dataclass
class Postgres:
    """Addresses of one database, by role."""

    folder: str
    name: str
    admin: psycopg.Connection

    def url(self, user: str) -> str:
        return f"postgresql+psycopg://{user}@/{self.name}?host={self.folder}"

    @property
    def admin_url(self) -> str:
        return self.url("postgres")

    @property
    def app_url(self) -> str:
        return self.url(APP_ROLE)

    @property
    def worker_url(self) -> str:
        return self.url(WORKER_ROLE)

    def empty(self) -> None:
        """Delete every row; quicker than TRUNCATE for tables of few rows."""
        statements = [f"DELETE FROM {table.name}" for table in reversed(Base.metadata.sorted_tables)]
        statements += [f"ALTER SEQUENCE {table}_id_seq RESTART" for table in ("org", "user_account")]
        self.admin.execute("; ".join(statements).encode())


@contextmanager
def where_it_runs() -> Iterator[Path]:
    """PostgreSQL's programs; skips, with the reason, what needs a server where none can run."""
    binaries = programs()
    if binaries is None:
        pytest.skip("the wheel with PostgreSQL is not made for this platform")
    try:
        yield binaries
    except (subprocess.SubprocessError, PermissionError) as error:
        pytest.skip(f"PostgreSQL cannot run here: {error}")


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[str]:
    """The socket's folder of a running server."""
    with where_it_runs() as binaries, running_postgres(binaries) as folder:
        yield str(folder)


@pytest.fixture(scope="session")
def prepared_postgres(postgres_folder: str) -> Iterator[Postgres]:
    name = "handbill"
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as first:
        first.execute(f"CREATE DATABASE {name}".encode())
    with psycopg.connect(host=postgres_folder, user="postgres", dbname=name, autocommit=True) as admin:
        postgres = Postgres(postgres_folder, name, admin)
        set_up(admin_url(postgres.admin_url))
        yield postgres


@pytest.fixture
def postgres(prepared_postgres: Postgres) -> Postgres:
    """The prepared database, without a row."""
    prepared_postgres.empty()
    return prepared_postgres
