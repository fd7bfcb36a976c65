"""What became of a campaign: reasons, and a timeline."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.epoch import EPOCH
from backend.db.models.delivery import DeliveryRecord
from contract.delivery import DeliveryState
from contract.reports import HourCount

MINUTE = 60_000_000
MAX_REASONS = 50


async def reasons(session: AsyncSession, source_id: str) -> dict[str, int]:
    """Why mails were skipped, refused or are unknown; the most frequent first."""
    query = (
        select(DeliveryRecord.reason, func.count().label("many"))
        .where(
            DeliveryRecord.source_id == source_id,
            DeliveryRecord.state != DeliveryState.ACCEPTED,
            DeliveryRecord.reason != "",
        )
        .group_by(DeliveryRecord.reason)
        .order_by(func.count().desc(), DeliveryRecord.reason)
        .limit(MAX_REASONS)
    )
    return {row.reason: row.many for row in await session.execute(query)}


async def timeline(session: AsyncSession, source_id: str) -> list[HourCount]:
    """Mails accepted in each minute that had any."""
    minute = type_coerce(DeliveryRecord.updated_at, BigInteger) // MINUTE
    query = (
        select(minute.label("minute"), func.count().label("many"))
        .where(DeliveryRecord.source_id == source_id, DeliveryRecord.state == DeliveryState.ACCEPTED)
        .group_by(minute)
        .order_by(minute)
    )
    return [HourCount(at=_moment(row.minute), accepted=row.many) for row in await session.execute(query)]


def _moment(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=int(minute))
