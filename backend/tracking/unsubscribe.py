"""What an unsubscribe link may do: end all mail to one contact, once and for good."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import FeedChange, append_changes
from backend.db.models.contact import Contact, Suppression
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import EventType
from backend.stopping import stop_writing_to
from backend.suppressing import address_hash, suppress_emails
from backend.tracking.events import write_events
from backend.tracking.traces import leave_trace
from backend.tracking.visits import Visit, masked
from backend.uses import Span, Use
from contract.contacts import ContactStatus
from contract.feed import Kind


@dataclass(frozen=True, slots=True)
class Leaving:
    """Whom a genuine link means: an address, and the contact that bears it if it is still here."""

    org_id: int
    contact_id: int
    delivery_id: int
    emails: frozenset[str]
    gone: bool

    @property
    def shown(self) -> str:
        """Masked."""
        return " and ".join(sorted(map(masked, self.emails)))


async def find_leaving(database: Database, visit: Visit) -> Leaving | None:
    """None if nothing is known any more of the mail it came in."""
    claim = visit.claim
    async with database.reader(claim.org_id) as session:
        contact = await session.scalar(select(Contact).where(Contact.id == claim.contact_id))
        sent_to = select(DeliveryRecord.address).where(
            DeliveryRecord.id == claim.delivery_id, DeliveryRecord.contact_id == claim.contact_id
        )
        mailed = await session.scalar(sent_to)
        emails = frozenset(email for email in (contact and contact.email, mailed) if email)
        left = await _all_suppressed(session, emails)
    if not emails:
        return None
    gone = left and (contact is None or contact.status == ContactStatus.UNSUBSCRIBED)
    return Leaving(claim.org_id, claim.contact_id, claim.delivery_id, emails, gone)


async def _all_suppressed(session: AsyncSession, emails: frozenset[str]) -> bool:
    hashes = {address_hash(email) for email in emails}
    standing = select(Suppression.address_hash).where(
        Suppression.address_hash.in_(hashes), Suppression.undone_at.is_(None)
    )
    return set(await session.scalars(standing)) == hashes


async def unsubscribe(database: Database, leaving: Leaving, now: datetime) -> None:
    """Idempotent. The next mail of anything that is running is refused at the door."""
    if leaving.gone:
        return
    async with database.writer(leaving.org_id) as session:
        source_id = await _source_of(session, leaving)
        await suppress_emails(session, leaving.emails, ContactStatus.UNSUBSCRIBED.value, now, source_id)
        contact = await session.scalar(select(Contact).where(Contact.id == leaving.contact_id))
        if contact is not None:
            await stop_writing_to(session, contact, ContactStatus.UNSUBSCRIBED, now)
        await _note(session, leaving, source_id, now)
        leave_trace(session, "contact unsubscribed", leaving.contact_id, "unsubscribe link", now)
        await append_changes(session, [FeedChange(Kind.CONTACTS, "")], now)


async def _source_of(session: AsyncSession, leaving: Leaving) -> str | None:
    return await session.scalar(
        select(DeliveryRecord.source_id).where(DeliveryRecord.id == leaving.delivery_id)
    )


async def _note(session: AsyncSession, leaving: Leaving, source_id: str | None, now: datetime) -> None:
    """After which mail, for its report."""
    if source_id is not None:
        use = Use(leaving.contact_id, EventType.UNSUBSCRIBED, leaving.delivery_id, source_id)
        await write_events(session, {use: Span(now, now)})
