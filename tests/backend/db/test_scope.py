"""Every shape of statement stays inside its organisation, or is refused."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import aliased

from backend.db.base import AuthOnly, Base, OrgScoped
from backend.db.engine import Database
from backend.db.models.org import Org, User
from backend.db.models.segment import Segment
from backend.db.scope import ScopeError
from backend.db.session import OrgSession
from tests.backend.db.conftest import NOW, segment
from tests.backend.db.rows import scoped_tables

Other = aliased(Segment, name="other")
TABLE = Segment.__table__


def _cte() -> sa.Select[Any]:
    return sa.select(aliased(Segment, sa.select(Segment).cte()).id)


def _subquery() -> sa.Select[Any]:
    return sa.select(sa.select(Segment.id).subquery().c.id)


INSIDE: dict[str, Callable[[], Any]] = {
    "entity": lambda: sa.select(Segment.id).select_from(Segment),
    "columns": lambda: sa.select(Segment.id),
    "alias": lambda: sa.select(Other.id),
    "in": lambda: sa.select(Segment.id).where(Segment.name.in_(sa.select(Other.name))),
    "exists": lambda: sa.select(Segment.id).where(sa.exists().where(Other.name == Segment.name)),
    "subquery": _subquery,
    "cte": _cte,
    "union": lambda: sa.union(sa.select(Segment.id), sa.select(Other.id)),
    "join": lambda: sa.select(Segment.id).join(Other, Other.name == Segment.name),
    "update": lambda: sa.update(Segment).values(dsl_json={"a": 1}).returning(Segment.id),
    "delete": lambda: sa.delete(Segment).returning(Segment.id),
}


@pytest.mark.parametrize("shape", list(INSIDE))
@pytest.mark.parametrize("org_id", [1, 2])
async def test_a_statement_reaches_its_own_rows_only(database: Database, shape: str, org_id: int) -> None:
    async with database.writer(org_id) as session:
        found = set((await session.scalars(INSIDE[shape]())).all())
    assert found == {f"{org_id}-{i}" for i in range(3)}


@pytest.mark.parametrize("org_id", [1, 2])
async def test_counts(database: Database, org_id: int) -> None:
    async with database.reader(org_id) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Segment)) == 3
        nested = sa.select(sa.func.count(Other.id)).scalar_subquery()
        assert await session.scalar(sa.select(nested).select_from(Segment).limit(1)) == 3


REFUSED: dict[str, Callable[[], Any]] = {
    "core table": lambda: sa.select(TABLE),
    "core column": lambda: sa.select(TABLE.c.id),
    "core alias": lambda: sa.select(TABLE.alias()),
    "core in": lambda: sa.select(Segment).where(Segment.id.in_(sa.select(TABLE.c.id))),
    "core exists": lambda: sa.select(Segment).where(sa.exists(sa.select(sa.literal(1)).select_from(TABLE))),
    "core join": lambda: sa.select(Segment.id).join(TABLE.alias("t"), sa.true()),
    "text": lambda: sa.text("SELECT * FROM segment"),
    "text condition": lambda: sa.select(Segment).where(sa.text("1=1 OR 1=1")),
    "text order": lambda: sa.select(Segment).order_by(sa.text("1")),
    "literal column": lambda: sa.select(sa.literal_column("(SELECT count(*) FROM segment)"), Segment.id),
    "from statement": lambda: sa.select(Segment).from_statement(sa.text("SELECT * FROM segment")),
    "insert from select": lambda: sa.insert(Segment).from_select(["id"], sa.select(Other.id)),
    "insert many values": lambda: sa.insert(Segment).values([{"id": "a"}, {"id": "b"}]),
    "insert into table": lambda: sa.insert(TABLE).values(id="a"),
    "insert for another": lambda: sa.insert(Segment).values(id="a", org_id=2),
    "move a row": lambda: sa.update(Segment).values(org_id=2),
    "users": lambda: sa.select(User),
    "organisations": lambda: sa.select(Org.name),
    "users inside": lambda: sa.select(Segment).where(sa.exists().where(User.id == 1)),
    "insert a user": lambda: sa.insert(User).values(email="x"),
}


@pytest.mark.parametrize("shape", list(REFUSED))
async def test_what_cannot_be_held_is_refused(database: Database, shape: str) -> None:
    async with database.reader(1) as session:
        with pytest.raises(ScopeError):
            await session.execute(REFUSED[shape]())


async def test_inserts_are_stamped(database: Database) -> None:
    values = {"name": "x", "dsl_json": {}, "created_at": NOW, "updated_at": NOW}
    async with database.writer(1) as session:
        session.add(segment("added"))
        await session.execute(sa.insert(Segment), [{"id": "listed", **values}])
        await session.execute(sa.insert(Segment).values(id="single", **values))
    async with database.reader(1) as session:
        assert {"added", "listed", "single"} <= set(await session.scalars(sa.select(Segment.id)))


async def _new_row(session: AsyncSession) -> None:
    session.add(segment("x", org_id=2))
    await session.flush()


async def _listed_row(session: AsyncSession) -> None:
    await session.execute(sa.insert(Segment), [{"id": "x", "org_id": 2}])


async def _moved_row(session: AsyncSession) -> None:
    row = (await session.scalars(sa.select(Segment).limit(1))).one()
    row.org_id = 2
    await session.flush()


async def _row_by_row_update(session: AsyncSession) -> None:
    await session.execute(sa.update(Segment), [{"org_id": 2, "id": "2-0", "name": "stolen"}])


async def _bare_connection(session: AsyncSession) -> None:
    await session.connection()


async def _row_without_organisation(session: AsyncSession) -> None:
    session.add(Org(name="third", created_at=NOW))
    await session.flush()


@pytest.mark.parametrize(
    "attempt",
    [
        _new_row,
        _listed_row,
        _moved_row,
        _row_by_row_update,
        _bare_connection,
        _row_without_organisation,
    ],
)
async def test_writing_elsewhere_is_refused(database: Database, attempt: Callable[..., Any]) -> None:
    async with database.reader(1) as session:
        with pytest.raises(ScopeError):
            await attempt(session)


async def test_a_row_of_another_session_is_refused(database: Database) -> None:
    async with database.reader(2) as session:
        foreign = (await session.scalars(sa.select(Segment).limit(1))).one()
    foreign.name = "stolen"
    async with database.reader(1) as session:
        session.add(foreign)
        with pytest.raises(ScopeError):
            await session.flush()


async def test_a_session_without_an_organisation_can_do_nothing(database: Database) -> None:
    async with AsyncSession(database.engine, sync_session_class=OrgSession) as session:
        with pytest.raises(ScopeError):
            await session.execute(sa.select(Segment))


async def test_saying_unscoped_is_possible(database: Database) -> None:
    """SQLite then shows everything; PostgreSQL has a border of its own."""
    async with database.reader(1) as session:
        query = sa.select(Segment.id).execution_options(unscoped=True)
        expected = 6 if database.engine.dialect.name == "sqlite" else 3
        assert len((await session.scalars(query)).all()) == expected


def test_every_mapped_class_is_inside_a_border_or_named_here() -> None:
    for mapper in Base.registry.mappers:
        known = issubclass(mapper.class_, OrgScoped | AuthOnly)
        assert known or mapper.class_.__name__ == "WorkerSession", mapper.class_


def test_every_key_of_an_organisation_begins_with_it() -> None:
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, OrgScoped):
            assert next(iter(mapper.local_table.primary_key.columns)).name == "org_id", mapper.class_


def test_every_reference_carries_the_organisation() -> None:
    scoped = {table.name for table in scoped_tables()}
    for table in scoped_tables():
        for key in table.foreign_key_constraints:
            if key.referred_table.name in scoped:
                assert key.column_keys[0] == "org_id", key.name
                assert key.elements[0].column.name == "org_id", key.name


async def test_references_cannot_cross_the_border(database: Database, request: pytest.FixtureRequest) -> None:
    """The keys alone refuse it, even to somebody whom neither Python nor a policy holds."""
    engine = database.engine
    if engine.dialect.name == "postgresql":
        engine = create_async_engine(request.getfixturevalue("postgres").admin_url)
    async with engine.begin() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO contact (org_id,id,email,status,created_at,updated_at,rev)"
                " VALUES (2,1,'a@b.example','subscribed','2026-01-01','2026-01-01',0)"
            )
        )
    with pytest.raises(sa.exc.IntegrityError):
        async with engine.begin() as connection:
            await connection.execute(
                sa.text(
                    "INSERT INTO segment_member (org_id,segment_id,contact_id,source)"
                    " VALUES (1,'1-0',1,'include')"
                )
            )
    await engine.dispose()
