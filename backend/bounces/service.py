"""What a notice does: to the mail it is about, to the address, and to the contact.

A mail is settled by a notice once; reading the same notice again changes nothing.
"""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bounces.matching import find_mail
from backend.bounces.notice import Notice, read_notices
from backend.bounces.scoring import count_soft
from backend.db.models.contact import Contact, Suppression
from backend.db.models.delivery import DeliveryRecord
from backend.stopping import stop_writing_to
from backend.suppressing import address_hash, mail_address, suppress_emails
from backend.work import Work
from contract.bounces import LONGEST, Bounce, BounceKind
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState
from contract.suppressions import COMPLAINT

ON_ITS_WAY = (DeliveryState.ACCEPTED, DeliveryState.HANDED, DeliveryState.UNKNOWN)
"""Mails of which a notice can tell something new."""
SOFT_BOUNCES = "soft bounces"
_IGNORED = Bounce(kind=BounceKind.IGNORED)


async def read(work: Work, message: bytes) -> list[Bounce]:
    """One for each mail of this organisation that it speaks of; a single `ignored` if there is none."""
    found: list[Bounce] = []
    for notice in read_notices(message[:LONGEST]):
        mail = await find_mail(work.session, notice)
        if mail is not None:
            found.append(await _settle(work, mail, notice))
    return found or [_IGNORED]


async def _settle(work: Work, mail: DeliveryRecord, notice: Notice) -> Bounce:
    suppressed = False
    if notice.kind is BounceKind.COMPLAINT:
        suppressed = await _complained(work, mail, notice)
    elif notice.kind in (BounceKind.HARD, BounceKind.SOFT):
        suppressed = await _bounced(work, mail, notice)
    elif mail.state == DeliveryState.UNKNOWN:
        # Its server has it: the answer that we never got was a yes.
        await _move(work, mail, DeliveryState.ACCEPTED, f"{notice.kind}: {notice.reason}", ON_ITS_WAY)
    return Bounce(
        kind=notice.kind,
        reason=notice.reason,
        delivery_id=str(mail.id),
        email=mail.address,
        state=DeliveryState(mail.state),
        suppressed=suppressed,
    )


async def _bounced(work: Work, mail: DeliveryRecord, notice: Notice) -> bool:
    if not await _move(work, mail, DeliveryState.BOUNCED, notice.reason, ON_ITS_WAY):
        return False
    if notice.kind is BounceKind.SOFT:
        if not await count_soft(work.session, address_hash(mail.address), work.now):
            return False
        await _stop(work, mail, SOFT_BOUNCES, ContactStatus.BOUNCED)
    else:
        await _stop(work, mail, ContactStatus.BOUNCED.value, ContactStatus.BOUNCED)
    return True


async def _complained(work: Work, mail: DeliveryRecord, notice: Notice) -> bool:
    before = (*ON_ITS_WAY, DeliveryState.BOUNCED)
    if not await _move(work, mail, DeliveryState.COMPLAINED, notice.reason, before):
        return False
    await _stop(work, mail, COMPLAINT, ContactStatus.UNSUBSCRIBED)
    stronger = update(Suppression).where(Suppression.address_hash == address_hash(mail.address))
    await work.session.execute(
        stronger.values(reason=COMPLAINT), execution_options={"synchronize_session": False}
    )
    return True


async def _move(
    work: Work, mail: DeliveryRecord, state: DeliveryState, reason: str, allowed: tuple[DeliveryState, ...]
) -> bool:
    """Whether it was news."""
    if mail.state not in allowed:
        return False
    mail.state, mail.reason, mail.due_at = state.value, reason, None
    mail.updated_at = work.now
    await work.session.flush()
    work.contacts_changed(f"mail {state}", f"contact/{mail.contact_id}")
    return True


async def _stop(work: Work, mail: DeliveryRecord, reason: str, status: ContactStatus) -> None:
    """The address is suppressed; the contact changes only if it still has that address."""
    await suppress_emails(work.session, [mail.address], reason, work.now, mail.source_id)
    contact = await _subscribed(work.session, mail)
    if contact is not None:
        await stop_writing_to(work.session, contact, status, work.now)


async def _subscribed(session: AsyncSession, mail: DeliveryRecord) -> Contact | None:
    contact = await session.scalar(select(Contact).where(Contact.id == mail.contact_id))
    if contact is None or contact.status != ContactStatus.SUBSCRIBED:
        return None
    return contact if mail_address(contact.email) == mail.address else None
