"""Pages of contacts: of all of them, or of those in a segment.

By key like every list, and by position too, because a scroll bar over a million contacts asks for the
place at 73 %, and a window that jumped there wants its rows and their exact offset.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact, ContactAttrs
from backend.pagination import Order, PageRequest, cursor_after, fetch_page, filter_hash, preceding
from contract.contacts import Contact as ContactWire
from contract.contacts import ContactList, ContactStatus
from contract.problems import InvalidError
from contract.wire import format_timestamp


class ContactSort(StrEnum):
    """What a list of contacts can be sorted by; `-` is descending."""

    EMAIL = "email"
    EMAIL_DOWN = "-email"
    CREATED = "createdAt"
    CREATED_DOWN = "-createdAt"


ORDERS = {
    ContactSort.EMAIL: Order(Contact.email, Contact.id),
    ContactSort.EMAIL_DOWN: Order(Contact.email, Contact.id, descending=True),
    ContactSort.CREATED: Order(Contact.created_at, Contact.id),
    ContactSort.CREATED_DOWN: Order(Contact.created_at, Contact.id, descending=True),
}


@dataclass(frozen=True, slots=True)
class ContactPage:
    """One of cursor, before, at and offset says where; none of them is the beginning."""

    limit: int
    cursor: str | None = None
    before: str | None = None
    at: float | None = None
    offset: int | None = None
    sort: ContactSort = ContactSort.EMAIL
    filters: tuple[object, ...] = field(default=())

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def request(self) -> PageRequest:
        filter_key = filter_hash("contacts", self.sort, *self.filters)
        return PageRequest(self.limit, self.cursor, self.before, filter_key)


def _check(page: ContactPage) -> None:
    places = {"cursor": page.cursor, "before": page.before, "at": page.at, "offset": page.offset}
    given = [name for name, value in places.items() if value is not None]
    if len(given) > 1:
        raise InvalidError.at(given[1], f"give either {given[0]} or {given[1]}, not both")


async def count_contacts(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    """How many contacts the condition holds for."""
    total = select(func.count()).select_from(Contact).where(condition)
    return (await session.execute(total)).scalar_one()


async def contact_page(
    session: AsyncSession, condition: ColumnElement[bool], page: ContactPage
) -> ContactList:
    """The page, its exact place and the whole count."""
    _check(page)
    total = await count_contacts(session, condition)
    if page.offset is not None or page.at is not None:
        offset = min(total, page.offset if page.offset is not None else int((page.at or 0.0) * total))
        rows = await _rows_at(session, condition, page, offset, total)
        more = offset + len(rows) < total
        following = cursor_after(page.order, rows[-1], page.request.filter_key) if rows and more else None
    else:
        query = select(Contact).where(condition)
        rows, following = await fetch_page(session, query, page.order, page.request)
        offset = await _offset_of(session, condition, page, rows, total)
    wire = await present_contacts(session, rows)
    return ContactList(contacts=wire, next_cursor=following, total=total, offset=offset)


async def _offset_of(
    session: AsyncSession,
    condition: ColumnElement[bool],
    page: ContactPage,
    rows: Sequence[Contact],
    total: int,
) -> int:
    if not rows:
        return total if page.cursor else 0
    if not page.cursor and page.before is None:
        return 0
    return await count_contacts(session, condition & preceding(page.order, rows[0]))


async def _rows_at(
    session: AsyncSession, condition: ColumnElement[bool], page: ContactPage, offset: int, total: int
) -> Sequence[Contact]:
    """Ids from the index alone, counted from the nearer end; then their rows."""
    count = min(page.limit, total - offset)
    if count <= 0:
        return []
    from_end = offset > total // 2
    skip = total - offset - count if from_end else offset
    order = page.order
    sort = (
        (order.key.desc(), order.tie.desc())
        if order.descending != from_end
        else (order.key.asc(), order.tie.asc())
    )
    ids = list(
        await session.scalars(select(Contact.id).where(condition).order_by(*sort).offset(skip).limit(count))
    )
    if from_end:
        ids.reverse()
    by_id = {row.id: row for row in await session.scalars(select(Contact).where(Contact.id.in_(ids)))}
    return [by_id[contact_id] for contact_id in ids]


async def present_contacts(session: AsyncSession, rows: Sequence[Contact]) -> list[ContactWire]:
    """Rows as answered, with their custom fields."""
    ids = [row.id for row in rows]
    kept = await session.scalars(select(ContactAttrs).where(ContactAttrs.contact_id.in_(ids)))
    attrs = {row.contact_id: row.attrs for row in kept}
    return [
        ContactWire(
            id=str(row.id),
            org_id=str(row.org_id),
            email=row.email,
            name=row.name,
            status=ContactStatus(row.status),
            time_zone=row.time_zone,
            fields=attrs.get(row.id, {}),
            created_at=row.created_at,
            updated_at=format_timestamp(row.updated_at),
        )
        for row in rows
    ]
