"""When to look for people who entered a sequence's segment: after changes, and now and then.

Looking costs a pass over the contacts. Nobody enters by themselves unless something in the organisation
changed or the segment speaks of time ("within 30 days").
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.delivery.claims import sequences
from backend.delivery.sequence_moves import feeds
from backend.delivery.sources import Source
from contract.clock import Clock

AFTER_CHANGE_SECONDS = 5.0
ANYHOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Seen:
    at: float
    revision: int
    feed: int


class Sweeps:
    """Remembers per sequence when its segment was looked at and what was seen then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[Source, _Seen] = {}

    async def is_due(self, connection: AsyncConnection, source: Source) -> bool:
        """Whether to look now; the caller will. A publication is looked at without delay."""
        query = (
            select(sequences.c.published_revision, feeds.c.seq)
            .join(feeds, feeds.c.org_id == sequences.c.org_id)
            .where(sequences.c.org_id == source.org_id, sequences.c.id == source.id)
        )
        row = (await connection.execute(query)).first()
        if row is None:
            return False
        present = _Seen(self._clock.monotonic(), row.published_revision, row.seq)
        if not self._is_stale(self._seen.get(source), present):
            return False
        self._seen[source] = present
        return True

    def _is_stale(self, last: _Seen | None, present: _Seen) -> bool:
        if last is None or last.revision != present.revision:
            return True
        age = present.at - last.at
        return age >= ANYHOW_SECONDS or (age >= AFTER_CHANGE_SECONDS and last.feed != present.feed)
