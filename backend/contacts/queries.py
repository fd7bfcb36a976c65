"""Reading contacts and fields."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact, ContactAttrs, Suppression
from contract.contacts import ContactStatus
from contract.problems import MissingError


def matching(search: str | None, status: ContactStatus | None) -> ColumnElement[bool]:
    """Contacts whose address or name contains `search`, in this status."""
    condition: ColumnElement[bool] = true()
    if search:
        by_email = Contact.email.contains(search.lower(), autoescape=True)
        condition &= or_(by_email, Contact.name_folded.contains(search.casefold(), autoescape=True))
    if status:
        condition &= Contact.status == status.value
    return condition


async def find_contact(session: AsyncSession, contact_id: str) -> Contact:
    """Raises `MissingError`, also for what cannot be an id."""
    if not (contact_id.isascii() and contact_id.isdigit() and len(contact_id) < 19):
        raise MissingError
    row = await session.scalar(select(Contact).where(Contact.id == int(contact_id)))
    if row is None:
        raise MissingError
    return row


async def attrs_of(session: AsyncSession, contact_id: int) -> ContactAttrs:
    """The custom values, made empty and added to the session when there are none."""
    row = await session.scalar(select(ContactAttrs).where(ContactAttrs.contact_id == contact_id))
    if row is None:
        row = ContactAttrs(contact_id=contact_id, attrs={})
        session.add(row)
    return row


async def by_address(session: AsyncSession, addresses: Iterable[str]) -> dict[str, Contact]:
    """Contacts by address."""
    rows = await session.scalars(select(Contact).where(Contact.email.in_(list(addresses))))
    return {row.email: row for row in rows}


async def suppressed(session: AsyncSession, hashes: Iterable[str]) -> set[str]:
    """Which of these addresses must not be written to."""
    rows = await session.scalars(
        select(Suppression.address_hash).where(
            Suppression.address_hash.in_(list(hashes)), Suppression.undone_at.is_(None)
        )
    )
    return set(rows)
