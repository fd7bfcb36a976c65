"""Column types that mean the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC with microseconds.

    SQLite drops an offset without converting it, which would make every comparison of `updatedAt` wrong:
    so a naive moment is refused here, and what comes back is always aware.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without an offset cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonDict = JSON().with_variant(JSON(), "sqlite")
"""JSON as text: the order of keys and unknown blocks come back as they were sent (JSONB reorders)."""

BigId = BigInteger()
"""A 64-bit id inside a composite key."""

AutoId = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit id counted by the database: SQLite counts only a plain INTEGER PRIMARY KEY."""

Words = String().with_variant(Text(collation="C"), "postgresql")
"""Text that both databases order by code point, as cursors and the client's own lists expect."""

DocId = String(36).with_variant(String(36, collation="C"), "postgresql")
"""A UUID in canonical lower case."""

Json = dict[str, Any]
