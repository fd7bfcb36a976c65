"""INSERT that leaves what is there already, spelled for the database at hand."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(dialect: str, table: Table | type[Any]) -> sqlite.Insert | postgresql.Insert:
    """Both know `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
