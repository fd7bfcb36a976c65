"""Words to planners, which know nothing of a table that nobody analysed.

SQLite then takes all rows of one organisation for ten, and reads them rather than use an index that begins
with the organisation and goes on. PostgreSQL takes a ledger that was filled a minute ago for empty, where one
index is as good as another, and keeps to what it chose.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, case, false, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def unindexed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition itself, as a CASE, which no index fits: rows are found by the other conditions."""
    return case((condition, true()), else_=false())


class few(FunctionElement[bool]):  # noqa: N801 - reads as a function in a statement
    """The condition itself, which holds for few rows only."""

    type = Boolean()
    _is_implicitly_boolean = True  # or `= 1` would follow, and hide it from the planner
    inherit_cache = True


@compiles(few)
def _as_it_is(element: few, compiler: Any, **rest: Any) -> str:
    return str(compiler.process(element.clauses, **rest))


@compiles(few, "sqlite")
def _likelihood(element: few, compiler: Any, **rest: Any) -> str:
    return f"likelihood({compiler.process(element.clauses, **rest)}, 0.00001)"
