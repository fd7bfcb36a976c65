"""Every mail of a campaign or a sequence by name, however many there are: pages by key, or from any position.

Each state is a stretch of one index, in the order of ids. The states are read stretch by stretch and merged,
so a page costs what it shows and not what it leaves out. Words are not in the index: they are looked for in
one pass.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.ports import DeliveryFilter, DeliveryPage
from contract.delivery import GOT_IT, Delivery, DeliveryState


def states_of(wanted: DeliveryFilter) -> Sequence[DeliveryState]:
    """The states that the filter lets through."""
    return [
        state
        for state in DeliveryState
        if wanted.state in (None, state) and wanted.delivered in (None, state in GOT_IT)
    ]


def with_words(words: str) -> ColumnElement[bool]:
    """Mails with these words in address or reason."""
    return or_(
        DeliveryRecord.address.icontains(words, autoescape=True),
        DeliveryRecord.reason.icontains(words, autoescape=True),
    )


def _conditions(source_id: str, wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    conditions = [DeliveryRecord.source_id == source_id]
    if wanted.reason:
        conditions.append(DeliveryRecord.reason.icontains(wanted.reason, autoescape=True))
    if wanted.words:
        conditions.append(with_words(wanted.words))
    return conditions


def _one_of(states: Sequence[DeliveryState]) -> ColumnElement[bool]:
    return DeliveryRecord.state.in_([state.value for state in states])


def _ids(source_id: str, wanted: DeliveryFilter, more: ColumnElement[bool], most: int) -> Select[int]:
    """The first `most` ids that fit, in order."""
    every = select(DeliveryRecord.id).where(*_conditions(source_id, wanted), more)
    states = states_of(wanted)
    if wanted.reason or wanted.words or not states:
        return every.where(_one_of(states)).order_by(DeliveryRecord.id).limit(most)
    stretches = [
        every.where(DeliveryRecord.state == state.value).order_by(DeliveryRecord.id).limit(most).subquery()
        for state in states
    ]
    merged = union_all(*(select(stretch.c.id) for stretch in stretches)).subquery()
    return select(merged.c.id).order_by(merged.c.id).limit(most)


async def list_mails(
    session: AsyncSession, source_id: str, wanted: DeliveryFilter, page: DeliveryPage
) -> list[Delivery]:
    """By id, which is the order they were made in."""
    offset = page.offset or 0
    ids = _ids(source_id, wanted, DeliveryRecord.id > page.after, offset + page.limit)
    chosen = ids.offset(offset).limit(page.limit) if offset else ids
    found = list(await session.scalars(chosen))
    query = (
        select(DeliveryRecord, Contact.name)
        .outerjoin(Contact, Contact.id == DeliveryRecord.contact_id)
        .where(DeliveryRecord.id.in_(found))
        .order_by(DeliveryRecord.id)
    )
    return [_to_wire(row, name) for row, name in await session.execute(query)]


async def count_mails(session: AsyncSession, source_id: str, wanted: DeliveryFilter) -> int:
    """Exact, by looking at each: for filters with words."""
    conditions = (*_conditions(source_id, wanted), _one_of(states_of(wanted)))
    query = select(func.count()).select_from(DeliveryRecord).where(*conditions)
    return await session.scalar(query) or 0


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
        step_id=row.step_id or None,
    )
