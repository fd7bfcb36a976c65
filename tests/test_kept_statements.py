"""What one test's statements leave for the next: their text for that kind of database, and no value."""

from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, select

PEOPLE = Table("people", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))


def furnished(name: str) -> Engine:
    engine = create_engine("sqlite://")
    PEOPLE.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(PEOPLE.insert(), [{"id": 1, "name": name}, {"id": 2, "name": "nobody"}])
    return engine


def found(engine: Engine, *ids: int) -> list[str]:
    with engine.connect() as connection:
        query = select(PEOPLE.c.name).where(PEOPLE.c.id.in_(ids)).order_by(PEOPLE.c.id).limit(len(ids))
        return list(connection.scalars(query))


def compiled(engine: Engine) -> Any:
    query = select(PEOPLE.c.name).where(PEOPLE.c.name.icontains("n"))
    return query._compile_w_cache(engine.dialect, compiled_cache=engine._compiled_cache, column_keys=[])[0]


def test_the_next_engine_asks_its_own_database_with_its_own_values() -> None:
    first, second = furnished("Ann"), furnished("Bo")
    assert found(first, 1) == ["Ann"]
    assert found(second, 1) == ["Bo"]
    assert found(second, 2) == ["nobody"]
    assert found(first, 1, 2) == ["Ann", "nobody"]


def test_a_statement_is_compiled_once_for_each_kind_of_database() -> None:
    sqlite = [compiled(create_engine("sqlite://")) for _ in range(2)]
    postgresql = [compiled(create_engine("postgresql+psycopg://")) for _ in range(2)]
    assert sqlite[0] is sqlite[1]
    assert postgresql[0] is postgresql[1]
    assert "ILIKE" in str(postgresql[0])
    assert "ILIKE" not in str(sqlite[0])
