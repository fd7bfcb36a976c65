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
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY

Kind = type[BigInteger] | type[Text]


class Batch:
    """`columns`: whole numbers and texts, as the database keeps them; JSON for SQLite, else arrays."""

    def __init__(self, dialect: str, name: str, **columns: Kind) -> None:
        self._dialect = dialect
        self._name = name
        self._columns = columns
        self.table: FromClause
        self.c: Mapping[str, ColumnElement[Any]]
        if dialect == "postgresql":
            arrays = [bindparam(f"{name}_{one}", type_=ARRAY(kind)) for one, kind in columns.items()]
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

    def holds(self, value: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a batch of one column has this value."""
        ((one, kind),) = self._columns.items()
        if self._dialect == "postgresql":
            return value == any_(bindparam(f"{self._name}_{one}", type_=ARRAY(kind)))
        return value.in_(select(self.c[one]))

    def given(self, rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
        """The parameters for these rows, each in the order of the columns."""
        if self._dialect != "postgresql":
            return {self._name: json.dumps(list(rows))}
        arrays = zip(*rows, strict=True)
        return {f"{self._name}_{one}": list(a) for one, a in zip(self._columns, arrays, strict=True)}
