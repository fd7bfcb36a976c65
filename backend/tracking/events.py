"""Writing events down: one row for each use of a mail, however often it is made."""

from collections.abc import Mapping

from sqlalchemy import case
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.event import Event
from backend.db.upserts import insert_into
from backend.uses import Span, Use

COUNTED_TO = 1_000_000
"""Repeating something more often than that no longer counts."""
BATCH = 500


async def write_events(session: AsyncSession, spans: Mapping[Use, Span]) -> None:
    """In an organisation's write transaction."""
    rows = [
        {**use._asdict(), "times": span.times, "first_at": span.first_at, "last_at": span.last_at}
        for use, span in spans.items()
    ]
    insert = insert_into(session.get_bind().dialect.name, Event)
    new = insert.excluded
    more = case((Event.times < COUNTED_TO, Event.times + new.times), else_=Event.times)
    last = case((Event.last_at < new.last_at, new.last_at), else_=Event.last_at)
    keys = ["org_id", "contact_id", "type", "delivery_id", "link", "by_machine"]
    statement = insert.on_conflict_do_update(index_elements=keys, set_={"times": more, "last_at": last})
    for start in range(0, len(rows), BATCH):
        await session.execute(statement, rows[start : start + BATCH])
