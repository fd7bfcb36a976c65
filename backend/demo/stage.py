"""What every part of the demo is made with: one transaction, one moment, one source of chance."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.base import Base, DocumentColumns
from backend.db.feed import FeedChange
from contract.feed import Kind
from contract.wire import format_timestamp

BATCH = 2_000


@dataclass(slots=True)
class Stage:
    """`markers` and `documents` are what clients will hear of, in this order."""

    session: AsyncSession
    now: datetime
    random: Random
    markers: list[FeedChange] = field(default_factory=list)
    documents: list[tuple[Kind, DocumentColumns]] = field(default_factory=list)

    def ago(self, days: float, hour: int | None = None) -> datetime:
        """A moment in the past, on the day's `hour` sharp if one is given."""
        moment = self.now - timedelta(days=days)
        return moment if hour is None else moment.replace(hour=hour, minute=0, second=0, microsecond=0)

    def document_id(self, created_at: datetime) -> str:
        """A UUIDv7 of that moment whose other bits come from this stage's chance."""
        value = int(created_at.timestamp() * 1000) << 80 | 0x7 << 76
        value |= self.random.getrandbits(12) << 64 | 0b10 << 62 | self.random.getrandbits(62)
        return str(uuid.UUID(int=value))

    def add(self, kind: Kind, row: DocumentColumns) -> None:
        """Write a document; it may still change until `changes` is asked for."""
        self.session.add(row)
        self.documents.append((kind, row))

    def changes(self) -> list[FeedChange]:
        """What goes into the feed."""
        written = [FeedChange(kind, row.id, format_timestamp(row.updated_at)) for kind, row in self.documents]
        return self.markers + written

    async def insert_many(self, kind: type[Base], rows: list[dict[str, Any]]) -> None:
        """Many rows of one kind, all with the same columns."""
        for start in range(0, len(rows), BATCH):
            # Without render_nulls each run of rows with the same gaps would be a statement of its own.
            await self.session.execute(
                insert(kind), rows[start : start + BATCH], execution_options={"render_nulls": True}
            )
