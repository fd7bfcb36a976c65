"""Many rows as one parameter: what comes out is what went in, whatever it holds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Connection, Text, select

from backend.db.batches import Batch
from backend.db.engine import Database

ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    ),
    max_size=20,
)


def through(rows: list[tuple[int, str | None]]):
    def work(connection: Connection) -> list[tuple[int, str | None]]:
        batch = Batch(connection.dialect.name, "kept", number=BigInteger, words=Text)
        query = select(batch.c["number"], batch.c["words"]).select_from(batch.table)
        return [tuple(row) for row in connection.execute(query, batch.given(rows))] if rows else []

    return work


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS)
async def test_every_value_comes_back(database: Database, rows: list[tuple[int, str | None]]) -> None:
    assert await database.read_ledger(through(rows)) == rows


@pytest.mark.parametrize(
    "words", ["", "NULL", "null", '"', "\\", '\\"', "{a,b}", "a,b", " ", "\n\t", "'; --", "é漢🦊"]
)
async def test_words_that_could_be_taken_for_something_else(database: Database, words: str) -> None:
    assert await database.read_ledger(through([(1, words), (2, None)])) == [(1, words), (2, None)]
