"""With the Python layer switched off, PostgreSQL itself keeps organisations apart."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.entry import APP_ROLE, inside_organisation
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.db.models.org import OrgUser
from backend.db.models.segment import Segment
from backend.db.policies import WORKER_ROLE
from tests.backend.db.rows import ORGS, row_of, scoped_tables
from tests.backend.postgres.fixtures import Postgres

TABLES = [pytest.param(table, id=table.name) for table in scoped_tables()]
CONTACTS = Contact.__table__
UNSCOPED: dict[str, Any] = {"execution_options": {"unscoped": True}}


def plain(database: Database) -> AsyncSession:
    """A session that knows no border."""
    return AsyncSession(database.engine, sync_session_class=Session)


@pytest.mark.parametrize("table", TABLES)
class TestWithoutPython:
    """Every table: what a bare connection sees and can do."""

    async def test_nothing_is_shown_without_an_organisation(self, app: Database, table: sa.Table) -> None:
        async with plain(app) as session:
            assert (await session.execute(sa.select(table))).all() == []
            assert await session.scalar(sa.text(f"SELECT count(*) FROM {table.name}")) == 0

    async def test_nothing_is_changed_without_an_organisation(self, app: Database, table: sa.Table) -> None:
        async with plain(app) as session:
            change = sa.update(table).values(org_id=table.c.org_id).returning(table.c.org_id)
            assert (await session.execute(change)).all() == []
            assert (await session.execute(sa.delete(table).returning(table.c.org_id))).all() == []
            with pytest.raises(ProgrammingError, match="row-level security"):
                await session.execute(sa.insert(table), row_of(table, 1))

    @pytest.mark.parametrize("org_id", ORGS)
    async def test_only_the_own_rows_are_shown(self, app: Database, table: sa.Table, org_id: int) -> None:
        other = table.alias("other")
        everyone = sa.select(table.c.org_id)
        shapes = {
            "rows": everyone,
            "alias": sa.select(other.c.org_id),
            "cte": sa.select(everyone.cte().c.org_id),
            "subquery": sa.select(everyone.subquery().c.org_id),
            "exists": everyone.where(sa.exists().where(other.c.org_id != table.c.org_id)),
            "join": sa.select(other.c.org_id).join(table, sa.true()),
            "union": sa.union(everyone, sa.select(other.c.org_id)),
            "text": sa.text(f"SELECT org_id FROM {table.name} WHERE 1=1 OR 1=1"),
        }
        async with app.reader(org_id) as session:
            connection = await session.connection(**UNSCOPED)
            found = {name: set(await connection.scalars(shape)) for name, shape in shapes.items()}
        assert found == {name: set() if name == "exists" else {org_id} for name in shapes}

    async def test_rows_of_another_organisation_cannot_be_touched(
        self, app: Database, table: sa.Table
    ) -> None:
        async with app.writer(1) as session:
            connection = await session.connection(**UNSCOPED)
            theirs = table.c.org_id == 2
            gone = await connection.execute(sa.delete(table).where(theirs))
            assert gone.rowcount == 0
            for attempt in (sa.insert(table).values(row_of(table, 2)), sa.update(table).values(org_id=2)):
                with pytest.raises(ProgrammingError, match="row-level security"):
                    async with connection.begin_nested():
                        await connection.execute(attempt)


class TestRoles:
    """What the roles are, and what they cannot do."""

    async def test_no_role_is_above_the_policies(self, postgres: Postgres) -> None:
        rows = postgres.admin.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles"
            " WHERE rolname LIKE 'handbill%'"
        ).fetchall()
        owned = postgres.admin.execute(
            "SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
            " WHERE rolname LIKE 'handbill%'"
        ).fetchall()
        assert (rows, owned) == ([(False,), (False,)], [])

    async def test_every_table_with_organisations_is_forced(self, postgres: Postgres) -> None:
        loose = postgres.admin.execute(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE attname = 'org_id' AND relkind IN ('r', 'p')"
            " AND NOT (relrowsecurity AND relforcerowsecurity)"
        ).fetchall()
        assert loose == []

    @pytest.mark.parametrize(
        "attempt",
        [
            "ALTER TABLE segment DISABLE ROW LEVEL SECURITY",
            "DROP POLICY in_organisation ON segment",
            "TRUNCATE segment CASCADE",
            "SET ROLE postgres",
            f"SET ROLE {WORKER_ROLE}",
            "CREATE TABLE mine (x int)",
            f"ALTER ROLE {APP_ROLE} BYPASSRLS",
            "UPDATE alembic_version SET version_num = '9999'",
        ],
    )
    async def test_the_border_cannot_be_taken_down(self, app: Database, attempt: str) -> None:
        async with plain(app) as session:
            with pytest.raises(DBAPIError, match=r"must be owner|permission denied"):
                await session.execute(sa.text(attempt))

    async def test_text_is_ordered_as_on_sqlite(self, postgres: Postgres) -> None:
        """A column with another collation would break cursors."""
        other = postgres.admin.execute(
            "SELECT attrelid::regclass::text, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0"
            " AND attcollation <> 0 AND attcollation <> 'pg_catalog.\"C\"'::regcollation"
            " AND relname <> 'alembic_version'"
        ).fetchall()
        assert other == []


class TestPool:
    """A connection serves one organisation after another."""

    async def test_nothing_is_carried_over(self, filled: Postgres) -> None:
        engine = create_async_engine(filled.app_url, pool_size=1, max_overflow=0)
        database = Database(engine)
        for org_id in (*ORGS, *ORGS):
            async with database.reader(org_id) as session:
                assert set(await session.scalars(sa.select(Segment.org_id))) == {org_id}
            async with engine.connect() as connection:
                assert await connection.scalar(sa.text("SELECT count(*) FROM segment")) == 0
        await database.close()

    async def test_not_after_an_error_nor_after_giving_up(self, filled: Postgres) -> None:
        engine = create_async_engine(filled.app_url, pool_size=1, max_overflow=0)
        database = Database(engine)

        async def fail(org_id: int) -> None:
            async with database.writer(org_id) as session:
                await session.execute(sa.text("SELECT 1/0"), **UNSCOPED)

        async def wait(org_id: int) -> None:
            async with database.writer(org_id) as session:
                await session.execute(sa.text("SELECT pg_sleep(60)"), **UNSCOPED)

        with pytest.raises(DBAPIError, match="division by zero"):
            await fail(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wait(1), timeout=0.2)
        async with engine.connect() as connection:
            assert await connection.scalar(sa.text("SELECT count(*) FROM segment")) == 0
        await database.close()

    async def test_each_transaction_of_a_session_is_told(self, app: Database) -> None:
        async with app.reader(1) as session:
            for _ in range(3):
                assert set(await session.scalars(sa.select(Segment.org_id))) == {1}
                await session.rollback()


class TestSignIn:
    """A user sees the own memberships before an organisation is known."""

    async def test_own_memberships_only(self, app: Database) -> None:
        async with app.user_reader(2) as session:
            assert (await session.execute(sa.select(OrgUser.org_id, OrgUser.user_id))).all() == [(2, 2)]
            assert (await session.scalars(sa.select(Segment))).all() == []

    async def test_memberships_cannot_be_made_that_way(self, app: Database) -> None:
        async with plain(app) as session:
            await session.execute(sa.text("SELECT set_config('app.user_id', '2', true)"))
            with pytest.raises(ProgrammingError, match="row-level security"):
                await session.execute(sa.insert(OrgUser).values(org_id=1, user_id=2, role="OWNER"))


class TestWorker:
    """A worker sees what is due everywhere, and contents only inside one organisation."""

    async def test_the_ledger_of_every_organisation(self, worker: Database) -> None:
        async with plain(worker) as session:
            for table in ("delivery", "enrolment"):
                assert await session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 2
            states = await session.execute(sa.select(Campaign.org_id, Campaign.status))
            assert len(states.all()) == 2

    @pytest.mark.parametrize("table", ["segment", "audit", "org_user", "suppression", "sending_account"])
    async def test_nothing_else(self, worker: Database, table: str) -> None:
        async with plain(worker) as session:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await session.execute(sa.text(f"SELECT * FROM {table}"))

    async def test_no_content(self, worker: Database) -> None:
        async with plain(worker) as session:
            with pytest.raises(ProgrammingError, match="permission denied"):
                await session.scalar(sa.select(Campaign.content_json))

    async def test_no_addresses(self, worker: Database) -> None:
        async with plain(worker) as session:
            assert len((await session.execute(sa.select(Contact.id, Contact.status))).all()) == 2
            with pytest.raises(ProgrammingError, match="permission denied"):
                await session.scalar(sa.select(Contact.email))

    async def test_inside_one_organisation_it_is_as_the_application(self, worker: Database) -> None:
        async with worker.writer(1) as session:
            assert set(await session.scalars(sa.select(Contact.org_id))) == {1}
            ledger = await session.scalars(sa.text("SELECT org_id FROM delivery"), **UNSCOPED)
            assert set(ledger) == {1}
        async with plain(worker) as session:
            assert await session.scalar(sa.text("SELECT current_user")) == WORKER_ROLE

    async def test_part_of_a_transaction_may_be_inside(self, worker: Database) -> None:
        """As when one commit carries the bounces of several organisations."""
        async with worker.system_writer() as session:
            connection = await session.connection()
            for org_id in ORGS:
                async with inside_organisation(connection, org_id):
                    assert set(await connection.scalars(sa.select(CONTACTS.c.org_id))) == {org_id}
                    await connection.execute(sa.update(CONTACTS).values(status=f"bounced of {org_id}"))
                assert await connection.scalar(sa.text("SELECT count(*) FROM delivery")) == 2
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with connection.begin_nested():
                    await connection.execute(sa.select(CONTACTS.c.email))
        for org_id in ORGS:
            async with worker.reader(org_id) as session:
                assert await session.scalar(sa.select(Contact.status)) == f"bounced of {org_id}"


async def test_a_reader_writes_nothing(app: Database) -> None:
    async with app.reader(1) as session:
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(sa.update(Segment).values(name="new"))


async def test_an_administrators_session_is_inside_the_border_too(filled: Postgres) -> None:
    database = Database(create_async_engine(filled.admin_url))
    async with database.reader(1) as session:
        connection: Any = await session.connection(**UNSCOPED)
        assert set(await connection.scalars(sa.text("SELECT org_id FROM segment"))) == {1}
    await database.close()
