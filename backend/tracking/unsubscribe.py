"""What an unsubscribe link may do: end all mail to one contact, once and for good."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import FeedChange, append_changes
from backend.db.models.contact import Contact, Suppression
from backend.db.models.delivery import DeliveryRecord, SendingSecret
from backend.db.models.ledger import AuditEntry
from backend.db.models.org import Org
from backend.mail_links import MailClaim, Purpose, is_genuine, read_unverified
from backend.stopping import stop_writing_to
from backend.suppressing import address_hash, suppress_emails
from contract.contacts import ContactStatus
from contract.feed import Kind
from contract.ids import new_document_id

BY_LINK = "unsubscribe link"


@dataclass(frozen=True, slots=True)
class Leaving:
    """Whom a genuine link means: an address, and the contact that bears it if it is still here.

    `is_test`: nobody.
    """

    org_id: int
    contact_id: int
    sender: str
    emails: frozenset[str] = frozenset()
    gone: bool = False
    is_test: bool = False

    @property
    def shown(self) -> str:
        """Enough to recognise one's own address, too little to learn another's from a forwarded mail."""
        return " and ".join(sorted(map(_shown, self.emails)))


def _shown(email: str) -> str:
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


async def _genuine(database: Database, token: str) -> tuple[MailClaim, str] | None:
    """What the token says and the organisation's name; None if nobody of ours signed it."""
    claim = read_unverified(token)
    if claim is None:
        return None
    async with database.reader(claim.org_id) as session:
        secret = await session.scalar(select(SendingSecret.secret))
    if secret is None or not is_genuine(bytes.fromhex(secret), Purpose.UNSUBSCRIBE, token):
        return None
    async with database.system_reader() as session:
        name = await session.scalar(select(Org.name).where(Org.id == claim.org_id))
    return claim, name or ""


async def find_leaving(database: Database, token: str) -> Leaving | None:
    """None for a forged link, or if nothing is known of the mail it came in."""
    genuine = await _genuine(database, token)
    if genuine is None:
        return None
    claim, sender = genuine
    if claim.delivery_id == 0:
        return Leaving(claim.org_id, 0, sender, is_test=True)
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
    return Leaving(claim.org_id, claim.contact_id, sender, emails, gone)


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
        await suppress_emails(session, leaving.emails, ContactStatus.UNSUBSCRIBED.value, now)
        contact = await session.scalar(select(Contact).where(Contact.id == leaving.contact_id))
        if contact is not None:
            await stop_writing_to(session, contact, ContactStatus.UNSUBSCRIBED, now)
        session.add(_audit(leaving.contact_id, now))
        await append_changes(session, [FeedChange(Kind.CONTACTS, "")], now)


def _audit(contact_id: int, now: datetime) -> AuditEntry:
    return AuditEntry(
        id=new_document_id(),
        at=now,
        user_id=None,
        action="contact unsubscribed",
        target=f"contact/{contact_id}",
        client=BY_LINK,
        before_hash=None,
        after_hash=None,
    )
