"""Which of our mails a notice is about: by the token in its return path, else by its Message-ID.

Both are signed with the organisation's secret. What is not, or belongs to another organisation, is about
nothing of ours, and does nothing.
"""

import hmac

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.bounces.notice import Notice
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord, SendingSecret
from backend.db.planner import few
from backend.mail_links import Purpose, is_genuine, read_unverified
from backend.message_ids import message_name


async def find_mail(session: AsyncSession, notice: Notice) -> DeliveryRecord | None:
    """The mail that this notice is about."""
    stored = await session.scalar(select(SendingSecret.secret))
    if stored is None:
        return None
    secret = bytes.fromhex(stored)
    by_path = await _by_return_path(session, secret, notice)
    return by_path or await _by_message_id(session, secret, notice)


async def _by_return_path(session: AsyncSession, secret: bytes, notice: Notice) -> DeliveryRecord | None:
    for address in (*notice.came_to, notice.returned_to):
        token = address.rpartition("@")[0].partition("+")[2]
        claim = read_unverified(token)
        if claim is None or claim.org_id != session.info["org_id"]:
            continue
        if is_genuine(secret, Purpose.BOUNCE, token):
            mail = select(DeliveryRecord).where(
                DeliveryRecord.id == claim.delivery_id, DeliveryRecord.contact_id == claim.contact_id
            )
            return await session.scalar(mail)
    return None


async def _by_message_id(session: AsyncSession, secret: bytes, notice: Notice) -> DeliveryRecord | None:
    """Mails to this recipient are few; the one whose id it is was meant."""
    name = notice.message_id.rpartition("@")[0].encode()
    if not name:
        return None
    mails = (
        select(DeliveryRecord)
        .join(Contact, few(Contact.id == DeliveryRecord.contact_id))
        .where(Contact.email == notice.recipient)
    )
    for mail in await session.scalars(mails):
        ours = message_name(secret, mail.source_id, mail.step_id, mail.run_no, mail.contact_id)
        if hmac.compare_digest(ours.encode(), name):
            return mail
    return None
