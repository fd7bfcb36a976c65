"""How many mails of a source are in which state.

Counted from the ledger itself, over an index, so the numbers cannot drift. Every open screen asks again and
again, so an answer is remembered for ten times as long as it took to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.delivery import DeliveryRecord
from contract.clock import Clock
from contract.delivery import DeliveryState, Progress

REMEMBERED_FACTOR = 10.0
LONGEST_REMEMBERED_SECONDS = 2.0
MAX_REMEMBERED = 1_000

WAITING_IN_PROGRESS = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.HANDED)
"""What a person calls waiting; the difference is the worker's business."""


def to_progress(counts: dict[str, int], per_second: float) -> Progress:
    """Counts by state as the wire shows them."""
    pending = sum(counts.get(state, 0) for state in WAITING_IN_PROGRESS)
    left = pending + counts.get(DeliveryState.SOFT, 0)
    shown: dict[str, Any] = {
        state.value: counts.get(state, 0) for state in DeliveryState if state not in WAITING_IN_PROGRESS
    }
    return Progress(
        total=sum(counts.values()),
        pending=pending,
        **shown,
        per_second=round(per_second, 1),
        seconds_left=round(left / per_second, 1) if per_second and left else None,
    )


@dataclass(frozen=True, slots=True)
class _Remembered:
    until: float
    counts: dict[str, int]


class Counts:
    """Counts by state, exact or a moment old."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._remembered: dict[tuple[int, str], _Remembered] = {}

    async def of(self, session: AsyncSession, source_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """By source, of those that have mails."""
        org_id = int(session.info["org_id"])
        now = self._clock.monotonic()
        fresh = {
            source_id: kept.counts
            for source_id in source_ids
            if (kept := self._remembered.get((org_id, source_id))) and kept.until > now
        }
        missing = [source_id for source_id in source_ids if source_id not in fresh]
        if missing:
            counted = await self._count(session, missing)
            took = self._clock.monotonic() - now
            until = now + took + min(took * REMEMBERED_FACTOR, LONGEST_REMEMBERED_SECONDS)
            if len(self._remembered) > MAX_REMEMBERED:
                self._remembered.clear()
            for source_id, counts in counted.items():
                self._remembered[org_id, source_id] = _Remembered(until, counts)
            fresh |= counted
        return fresh

    def forget(self, org_id: int, source_id: str) -> None:
        """It just ended: whoever asks next sees the end."""
        self._remembered.pop((org_id, source_id), None)

    async def _count(self, session: AsyncSession, source_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        query = (
            select(DeliveryRecord.source_id, DeliveryRecord.state, func.count())
            .where(DeliveryRecord.source_id.in_(source_ids))
            .group_by(DeliveryRecord.source_id, DeliveryRecord.state)
        )
        counted: dict[str, dict[str, int]] = {}
        for source_id, state, count in await session.execute(query):
            counted.setdefault(source_id, {})[state] = count
        return counted
