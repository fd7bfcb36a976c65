"""The mail that a link came in, and what its recipient's values are."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact, ContactAttrs
from backend.db.models.delivery import DeliveryRecord
from backend.mail_links import MailClaim
from contract.contact_values import contact_values


async def find_mail(session: AsyncSession, claim: MailClaim) -> DeliveryRecord | None:
    """None if it is kept no more."""
    return await session.scalar(
        select(DeliveryRecord).where(
            DeliveryRecord.id == claim.delivery_id, DeliveryRecord.contact_id == claim.contact_id
        )
    )


async def values_of(session: AsyncSession, mail: DeliveryRecord) -> dict[str, str]:
    """As they are now. Of a contact that was deleted only the address is left."""
    contact = await session.scalar(select(Contact).where(Contact.id == mail.contact_id))
    if contact is None:
        return {"email": mail.address}
    attrs = await session.scalar(select(ContactAttrs.attrs).where(ContactAttrs.contact_id == contact.id))
    return contact_values(contact.email, contact.name, contact.status, contact.created_at, attrs or {})
