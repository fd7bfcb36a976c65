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
class Seen:
    """What decides whether someone may have entered: the publication, and the organisation's last change."""

    revision: int
    feed: int


class Sweeps:
    """Remembers per sequence when its segment was looked at and what was seen then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked: dict[Source, tuple[float, Seen]] = {}

    async def is_due(self, connection: AsyncConnection, source: Source) -> bool:
        """Whether to look now; the caller will."""
        query = (
            select(sequences.c.published_revision, feeds.c.seq)
            .join(feeds, feeds.c.org_id == sequences.c.org_id)
            .where(sequences.c.org_id == source.org_id, sequences.c.id == source.id)
        )
        row = (await connection.execute(query)).first()
        if row is None:
            return False
        present = Seen(row.published_revision, row.seq)
        if not self.would_look(source, present):
            return False
        self._looked[source] = self._clock.monotonic(), present
        return True

    def would_look(self, source: Source, present: Seen) -> bool:
        """Whether it is time. A publication is looked at without delay."""
        at, last = self._looked.get(source, (0.0, None))
        if last is None or last.revision != present.revision:
            return True
        age = self._clock.monotonic() - at
        return age >= ANYHOW_SECONDS or (age >= AFTER_CHANGE_SECONDS and last.feed != present.feed)
