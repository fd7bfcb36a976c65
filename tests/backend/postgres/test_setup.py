"""`handbill db setup`: from an empty PostgreSQL to one that can be served, as often as one likes."""

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from backend.database_commands import Status
from backend.db.engine import make_engine
from backend.db.migrate import configuration, drift
from backend.db.policies import let_owner_through
from backend.db.schema import (
    SCHEMA_VERSION,
    NewerDatabaseError,
    NotADatabaseError,
    UnpreparedDatabaseError,
    prepare_database,
    revision,
)
from backend.db.setup import admin_url, set_up, urls_for_roles
from backend.refusals import SettingsError
from tests.backend.postgres.fixtures import Postgres


@pytest.fixture
def blank(prepared_postgres: Postgres) -> Iterator[Postgres]:
    """Another database of the same server, with nothing in it."""
    prepared_postgres.admin.execute("CREATE DATABASE blank")
    folder = prepared_postgres.folder
    with psycopg.connect(host=folder, user="postgres", dbname="blank", autocommit=True) as admin:
        yield Postgres(folder, "blank", admin)
    prepared_postgres.admin.execute("DROP DATABASE blank WITH (FORCE)")


async def start(url: str) -> None:
    engine = make_engine(url)
    try:
        await prepare_database(engine)
    finally:
        await engine.dispose()


class TestServing:
    """What `serve` finds."""

    async def test_a_prepared_database(self, postgres: Postgres) -> None:
        await start(postgres.app_url)
        await start(postgres.worker_url)

    async def test_an_empty_one_names_the_command(self, blank: Postgres) -> None:
        with pytest.raises(UnpreparedDatabaseError, match=r"is empty: .*handbill db setup --admin-url"):
            await start(blank.app_url)
        assert blank.admin.execute("SELECT count(*) FROM pg_class WHERE relname = 'org'").fetchone() == (0,)

    async def test_an_unknown_role_names_the_command(self, blank: Postgres) -> None:
        with pytest.raises(UnpreparedDatabaseError, match="handbill db setup"):
            await start(blank.url("nobody_yet"))

    async def test_an_old_one_names_the_command(self, blank: Postgres) -> None:
        set_up(admin_url(blank.admin_url))
        blank.admin.execute("UPDATE alembic_version SET version_num = '0001'")
        with pytest.raises(UnpreparedDatabaseError, match=f"version 1, expected {SCHEMA_VERSION}"):
            await start(blank.app_url)

    async def test_a_newer_one_is_left_alone(self, blank: Postgres) -> None:
        set_up(admin_url(blank.admin_url))
        blank.admin.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(NewerDatabaseError, match="9999"):
            await start(blank.app_url)
        with pytest.raises(NewerDatabaseError, match="9999"):
            set_up(admin_url(blank.admin_url))

    async def test_a_role_above_the_border_is_refused(self, postgres: Postgres) -> None:
        with pytest.raises(UnpreparedDatabaseError, match="handbill_app or handbill_worker"):
            await start(postgres.admin_url)

    async def test_a_server_that_is_away(self) -> None:
        with pytest.raises(NotADatabaseError, match="cannot be opened"):
            await start("postgresql+psycopg://handbill_app@/handbill?host=/nonexistent")


class TestSetUp:
    """What the administrator's command leaves."""

    def test_the_schema_is_what_the_classes_say(self, postgres: Postgres) -> None:
        engine = sa.create_engine(postgres.admin_url)
        with engine.connect() as connection:
            assert drift(connection) == []
        engine.dispose()

    async def test_again_it_changes_nothing(self, postgres: Postgres) -> None:
        question = (
            "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
        )
        before = postgres.admin.execute(question).fetchall()
        set_up(admin_url(postgres.admin_url))
        assert postgres.admin.execute(question).fetchall() == before
        await start(postgres.app_url)

    async def test_an_old_schema_keeps_its_rows(self, blank: Postgres) -> None:
        engine = sa.create_engine(blank.admin_url)
        with engine.begin() as connection:
            command.upgrade(configuration(connection), revision(1))
            connection.exec_driver_sql("INSERT INTO org VALUES (7, 'Acme', true, now())")
            connection.exec_driver_sql(
                "INSERT INTO idempotency (org_id, user_id, key, request_hash, at)"
                " VALUES (7, 1, 'k', 'h', now())"
            )
        engine.dispose()
        set_up(admin_url(blank.admin_url))
        kept = blank.admin.execute("SELECT org_id, key, reduced FROM idempotency").fetchall()
        assert kept == [(7, "k", False)]
        await start(blank.app_url)

    def test_an_owner_without_privileges_can_migrate_and_is_held_afterwards(self, blank: Postgres) -> None:
        """As on a rented database, where nobody is superuser."""
        blank.admin.execute("CREATE ROLE landlord LOGIN CREATEROLE")
        blank.admin.execute("GRANT handbill_app, handbill_worker TO landlord WITH ADMIN OPTION")
        blank.admin.execute("ALTER DATABASE blank OWNER TO landlord")
        blank.admin.execute("GRANT ALL ON SCHEMA public TO landlord")
        try:
            set_up(admin_url(blank.url("landlord")))
            blank.admin.execute("INSERT INTO org VALUES (7, 'Acme', true, now())")
            blank.admin.execute("INSERT INTO sending_secret VALUES (7, 'secret')")
            engine = sa.create_engine(blank.url("landlord"))
            with engine.begin() as connection:
                assert connection.exec_driver_sql("SELECT * FROM sending_secret").all() == []
                let_owner_through(connection)
                assert len(connection.exec_driver_sql("SELECT * FROM sending_secret").all()) == 1
                connection.rollback()
            engine.dispose()
        finally:
            blank.admin.execute("REASSIGN OWNED BY landlord TO postgres")
            blank.admin.execute("DROP OWNED BY landlord")
            with suppress(psycopg.Error):
                blank.admin.execute("DROP ROLE landlord")

    def test_passwords_are_hashed_before_they_leave(self, postgres: Postgres) -> None:
        set_up(admin_url(postgres.admin_url), ["a password", "another one"])
        stored = postgres.admin.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'handbill%'"
        ).fetchall()
        assert all(row[0].startswith("SCRAM-SHA-256$") for row in stored)

    def test_the_urls_name_the_roles_and_no_secret(self) -> None:
        url = admin_url("postgresql://admin:secret@db.example:6432/letters?sslmode=require")
        assert urls_for_roles(url) == [
            f"postgresql+psycopg://handbill_{role}:PASSWORD@db.example:6432/letters?sslmode=require"
            for role in ("app", "worker")
        ]

    @pytest.mark.parametrize("value", ["", "db.example", "mysql://a@b/c", "sqlite://"])
    def test_a_wrong_address_is_named(self, value: str) -> None:
        with pytest.raises(SettingsError, match="--admin-url"):
            admin_url(value)


def test_status_in_words() -> None:
    assert Status("x", 2, 2).words == "x: schema version 2, up to date."
    assert "no schema yet; this program works with version 2" in Status("x", 0, 2).words
    assert "schema version 1; this program works with version 2" in Status("x", 1, 2).words
