"""When bounces that may pass are too many: each counts one, and fades by half in a month."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.bounce import SoftBounces

HALF_LIFE_DAYS = 30.0
ENOUGH = 2.5
"""Three within three weeks reach it, and two never do."""


def faded(score: float, days: float) -> float:
    """What is left of it after so many days."""
    return float(score * 0.5 ** (max(days, 0.0) / HALF_LIFE_DAYS))


async def count_soft(session: AsyncSession, hashed: str, now: datetime) -> bool:
    """Count one more for this address; whether that is enough."""
    row = await session.scalar(select(SoftBounces).where(SoftBounces.address_hash == hashed))
    if row is None:
        row = SoftBounces(address_hash=hashed, score=0.0, at=now)
        session.add(row)
    row.score = faded(row.score, (now - row.at).total_seconds() / 86_400) + 1
    row.at = now
    await session.flush()
    return row.score >= ENOUGH
