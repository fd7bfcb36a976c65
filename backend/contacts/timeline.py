"""What happened to one contact: mails, sequences, and what people and links did."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.contacts import queries
from backend.db.models.campaign import Campaign
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import OPENING, Event, EventType
from backend.db.models.ledger import AuditEntry
from backend.db.models.sequence import Sequence as SequenceDocument
from backend.db.models.sequence_run import EnrolmentRecord
from backend.db.planner import few
from contract.contacts import TimelineEntry

CREATED = "contact created"


async def _names(session: AsyncSession, ids: Iterable[str]) -> dict[str, str]:
    """Of campaigns and sequences; one that was deleted has none."""
    wanted = set(ids)
    found: dict[str, str] = {}
    for document in (Campaign, SequenceDocument):
        rows = await session.execute(select(document.id, document.name).where(document.id.in_(wanted)))
        found |= {row.id: row.name for row in rows}
    return found


async def _deliveries(session: AsyncSession, contact_id: int, limit: int) -> Sequence[DeliveryRecord]:
    mine = select(DeliveryRecord).where(few(DeliveryRecord.contact_id == contact_id))
    newest = mine.order_by(DeliveryRecord.updated_at.desc(), DeliveryRecord.id.desc())
    return list(await session.scalars(newest.limit(limit)))


async def _enrolments(session: AsyncSession, contact_id: int, limit: int) -> Sequence[EnrolmentRecord]:
    mine = select(EnrolmentRecord).where(few(EnrolmentRecord.contact_id == contact_id))
    newest = mine.order_by(EnrolmentRecord.entered_at.desc(), EnrolmentRecord.id.desc())
    return list(await session.scalars(newest.limit(limit)))


async def _acts(session: AsyncSession, contact_id: int, limit: int) -> Sequence[AuditEntry]:
    mine = select(AuditEntry).where(
        AuditEntry.target == f"contact/{contact_id}", AuditEntry.action != CREATED
    )
    newest = mine.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return list(await session.scalars(newest.limit(limit)))


async def _events(session: AsyncSession, contact_id: int, limit: int) -> Sequence[Event]:
    """Leaving is an act, which the audit log has."""
    mine = select(Event).where(Event.contact_id == contact_id, Event.type.in_(OPENING))
    newest = mine.order_by(Event.first_at.desc(), Event.delivery_id.desc(), Event.link)
    return list(await session.scalars(newest.limit(limit)))


def _event(row: Event, names: dict[str, str]) -> TimelineEntry:
    what = f"mail {row.type}" if row.type == EventType.OPENED else "link in a mail clicked"
    how = " by a machine" if row.by_machine else ""
    again = f", {row.times} times until {row.last_at:%Y-%m-%d %H:%M} UTC" if row.times > 1 else ""
    return TimelineEntry(
        at=row.first_at, what=f"{what}{how}", detail=f"{names.get(row.source_id, '')}{again}"
    )


def _mail(row: DeliveryRecord, names: dict[str, str]) -> TimelineEntry:
    reason = f": {row.reason}" if row.reason else ""
    detail = f"{names.get(row.source_id, '')}{reason}".removeprefix(": ")
    return TimelineEntry(at=row.updated_at, what=f"mail {row.state}", detail=detail)


async def timeline(session: AsyncSession, contact_id: str, limit: int) -> list[TimelineEntry]:
    """The newest `limit` entries, newest first. Raises `MissingError`."""
    contact = await queries.find_contact(session, contact_id)
    mails = await _deliveries(session, contact.id, limit)
    ways = await _enrolments(session, contact.id, limit)
    events = await _events(session, contact.id, limit)
    named = [*(row.source_id for row in mails), *(row.source_id for row in events)]
    named += [row.sequence_id for row in ways]
    names = await _names(session, named)
    entries = [TimelineEntry(at=contact.created_at, what=CREATED)]
    entries += [_mail(row, names) for row in mails]
    entries += [_event(row, names) for row in events]
    entries += [
        TimelineEntry(at=row.entered_at, what="entered sequence", detail=names.get(row.sequence_id, ""))
        for row in ways
    ]
    acts = await _acts(session, contact.id, limit)
    entries += [TimelineEntry(at=row.at, what=row.action, detail=row.client) for row in acts]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:limit]
