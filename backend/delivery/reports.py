"""What became of a campaign: reasons, a timeline, and every mail by name."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.epoch import EPOCH
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.ports import DeliveryFilter
from contract.delivery import Delivery, DeliveryState, HourCount

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


async def list_deliveries(
    session: AsyncSession, source_id: str, wanted: DeliveryFilter, after: int, limit: int
) -> list[Delivery]:
    """By id, which is the order they were made in."""
    query = (
        select(DeliveryRecord, Contact.name)
        .outerjoin(Contact, Contact.id == DeliveryRecord.contact_id)
        .where(DeliveryRecord.source_id == source_id, DeliveryRecord.id > after)
        .order_by(DeliveryRecord.id)
        .limit(limit)
    )
    if wanted.state is not None:
        query = query.where(DeliveryRecord.state == wanted.state.value)
    if wanted.reason:
        query = query.where(DeliveryRecord.reason.icontains(wanted.reason, autoescape=True))
    return [_to_wire(row, name) for row, name in await session.execute(query)]


def _to_wire(row: DeliveryRecord, name: str | None) -> Delivery:
    return Delivery(
        id=str(row.id),
        contact_id=str(row.contact_id),
        email=row.address,
        name=name,
        state=DeliveryState(row.state),
        reason=row.reason,
        attempts=row.attempts,
        updated_at=row.updated_at,
        due_at=row.due_at,
    )
