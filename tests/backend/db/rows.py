"""A row for every table in each of two organisations, whatever the tables are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, insert

from backend.db.base import Base
from backend.db.epoch import EpochMicros
from backend.db.types import UtcDateTime

ORGS = (1, 2)
MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _value(column: Column[Any], org_id: int) -> Any:
    if column.name in ("org_id", "user_id"):
        return org_id
    if isinstance(column.type, UtcDateTime | EpochMicros):
        return MOMENT
    if isinstance(column.type, JSON):
        return {"subject": f"of {org_id}"}
    kind = column.type.python_type
    if kind is str:
        return f"{column.name} of {org_id}" if column.unique else "x"
    return {int: 1, float: 0.5, bool: False}[kind]


def row_of(table: Table, org_id: int) -> dict[str, Any]:
    """Every column has a value, and every reference leads to a row of the same organisation."""
    row = {column.name: _value(column, org_id) for column in table.columns}
    if "org_id" not in row:
        row["id"] = "x" if table.name == "worker_session" else org_id
    return row


def scoped_tables() -> Iterator[Table]:
    return (table for table in Base.metadata.sorted_tables if "org_id" in table.columns)


def fill(connection: Connection) -> None:
    """As somebody whom no policy holds; in the order in which tables refer to each other."""
    for table in Base.metadata.sorted_tables:
        rows = [row_of(table, org_id) for org_id in ORGS]
        connection.execute(insert(table), rows[:1] if table.name == "worker_session" else rows)
