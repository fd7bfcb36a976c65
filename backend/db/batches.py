"""Many rows as one parameter of a statement: its text stays the same and it runs once, however many they are.

What a busy sender writes comes in tens of rows, a hundred times a second. A statement for each row, or a text
that grows with their number, costs more than the rows.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

Kind = type[BigInteger] | type[Text]


class Batch:
    """`columns`: whole numbers and texts, as the database keeps them; JSON for SQLite, else arrays.

    Arrays are written here: psycopg looks at each value by itself, which costs more than moving it.
    """

    def __init__(self, dialect: str, name: str, **columns: Kind) -> None:
        self._dialect = dialect
        self._name = name
        self._columns = columns
        self.table: FromClause
        self.c: Mapping[str, ColumnElement[Any]]
        if dialect == "postgresql":
            arrays = [self._array(one) for one in columns]
            given = [column(one, kind) for one, kind in columns.items()]
            unnested = func.unnest(*arrays).table_valued(*given, name=name).render_derived()
            self.table, self.c = unnested, {one: unnested.c[one] for one in columns}
        else:
            listed = func.json_each(bindparam(name, type_=Text)).table_valued("value", name=name)
            self.table = listed
            self.c = {
                one: type_coerce(func.json_extract(listed.c.value, f"$[{number}]"), kind)
                for number, (one, kind) in enumerate(columns.items())
            }

    def _array(self, column: str) -> ColumnElement[Any]:
        return cast(bindparam(f"{self._name}_{column}", type_=Text), ARRAY(self._columns[column]))

    def holds(self, value: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a batch of one column has this value."""
        (one,) = self._columns
        if self._dialect == "postgresql":
            return value == any_(self._array(one))
        return value.in_(select(self.c[one]))

    def given(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
        """The parameters for these rows, each in the order of the columns."""
        if self._dialect != "postgresql":
            return {self._name: json.dumps(list(rows))}
        columns = zip(self._columns.items(), zip(*rows, strict=True), strict=True)
        return {f"{self._name}_{one}": _written(kind, values) for (one, kind), values in columns}


def _written(kind: Kind, values: tuple[Any, ...]) -> str:
    """An array as PostgreSQL reads it (its manual, 8.15.6)."""
    if kind is BigInteger:
        return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
    if None not in values:
        quoted = '"' + '","'.join(values) + '"'
        if "\\" not in quoted and quoted.count('"') == 2 * len(values):
            return "{" + quoted + "}"
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
