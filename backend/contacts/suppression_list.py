"""Reading suppressions: by address, by reason, with whom and what each is about."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact, Suppression
from backend.db.models.sequence import Sequence as SequenceDocument
from backend.pagination import Order
from backend.suppressing import address_hash
from contract.suppressions import Suppression as SuppressionWire

NEWEST_FIRST = Order(Suppression.since, Suppression.address_hash, descending=True)
STANDS = Suppression.undone_at.is_(None)


def matching(search: str | None, reason: str | None) -> Select[Suppression]:
    """Those that hold, for this reason, of an address with these characters that a contact bears.

    A whole address is found even if nobody bears it any more.
    """
    conditions: list[ColumnElement[bool]] = [STANDS]
    if reason:
        conditions.append(Suppression.reason == reason)
    if search:
        bearers = select(Contact.id).where(Contact.email.contains(search.lower(), autoescape=True))
        whole = Suppression.address_hash == address_hash(search.strip())
        conditions.append(or_(Suppression.contact_id.in_(bearers), whole))
    return select(Suppression).where(*conditions)


async def count(session: AsyncSession, query: Select[Suppression]) -> int:
    """How many there are."""
    return await session.scalar(select(func.count()).select_from(query.subquery())) or 0


async def reasons(session: AsyncSession) -> dict[str, int]:
    """How many hold for each reason, the most frequent first."""
    many = func.count().label("many")
    query = select(Suppression.reason, many).where(STANDS).group_by(Suppression.reason)
    found = await session.execute(query.order_by(many.desc(), Suppression.reason).limit(50))
    return {row.reason: row.many for row in found}


async def present(session: AsyncSession, rows: Sequence[Suppression]) -> list[SuppressionWire]:
    """Rows as answered."""
    bearers = {row.contact_id for row in rows if row.contact_id is not None}
    found = await session.execute(select(Contact.id, Contact.email).where(Contact.id.in_(bearers)))
    emails = {row.id: row.email for row in found}
    names = await _names(session, {row.source_id for row in rows if row.source_id is not None})
    return [_to_wire(row, emails, names) for row in rows]


async def _names(session: AsyncSession, ids: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for kind in (Campaign, SequenceDocument):
        found = await session.execute(select(kind.id, kind.name).where(kind.id.in_(ids)))
        names |= {row.id: row.name for row in found}
    return names


def _to_wire(row: Suppression, emails: dict[int, str], names: dict[str, str]) -> SuppressionWire:
    email = emails.get(row.contact_id) if row.contact_id is not None else None
    bears_it = email is not None and address_hash(email) == row.address_hash
    return SuppressionWire(
        hash=row.address_hash,
        reason=row.reason,
        since=row.since,
        contact_id=str(row.contact_id) if row.contact_id is not None and bears_it else None,
        email=email if bears_it else None,
        source_id=row.source_id,
        source_name=names.get(row.source_id) if row.source_id is not None else None,
    )
