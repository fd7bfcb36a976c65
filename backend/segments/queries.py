"""Reading segments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from backend.contact_pages import count_contacts
from backend.db.fields import known_fields
from backend.db.models.contact import Contact
from backend.db.models.segment import Segment
from backend.pagination import Order
from backend.segments.audience import compiler_for, stored_node, with_decisions
from backend.segments.compile import Condition
from backend.work import Work
from contract.segment_ast import Fields
from contract.segment_text import show
from contract.segments import Segment as SegmentWire
from contract.wire import format_timestamp

BY_NAME = Order(Segment.name, Segment.id)
COUNT_IN_LISTS_UP_TO = 20_000
"""Contacts in the organisation above which a list of segments leaves the counts out."""


def matching(search: str | None) -> Select[Segment]:
    """Segments whose name contains `search`."""
    query = select(Segment)
    return query.where(Segment.name.icontains(search, autoescape=True)) if search else query


def to_wire(row: Segment, fields: Fields, member_count: int | None = None) -> SegmentWire:
    """A row as answered; `fields` are the organisation's, for the text form."""
    node = stored_node(row)
    return SegmentWire(
        id=row.id,
        org_id=str(row.org_id),
        name=row.name,
        dsl_json=node,
        text=show(node, fields),
        member_count=member_count,
        created_at=row.created_at,
        updated_at=format_timestamp(row.updated_at),
    )


def as_json(row: Segment, fields: Fields) -> dict[str, Any]:
    """The row as it is compared and recorded: without its count, which changes on its own."""
    return to_wire(row, fields).model_dump(mode="json", by_alias=True)


async def condition_of(work: Work, row: Segment) -> Condition:
    """Who is in it now."""
    compiler = await compiler_for(work.session, work.now)
    return await with_decisions(work.session, compiler.condition(stored_node(row)), row.id)


async def with_count(work: Work, row: Segment) -> SegmentWire:
    """The row with its exact count."""
    count = await count_contacts(work.session, await condition_of(work, row))
    return to_wire(row, await known_fields(work.session), count)


async def with_counts(work: Work, rows: Sequence[Segment]) -> list[SegmentWire]:
    """Rows for a list: with counts, unless that would make a large organisation wait."""
    contacts = (await work.session.execute(select(func.count()).select_from(Contact))).scalar_one()
    if contacts > COUNT_IN_LISTS_UP_TO:
        fields = await known_fields(work.session)
        return [to_wire(row, fields) for row in rows]
    return [await with_count(work, row) for row in rows]


async def present(work: Work, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows for the feed."""
    rows = await work.session.scalars(select(Segment).where(Segment.id.in_(ids)))
    fields = await known_fields(work.session)
    return {row.id: as_json(row, fields) for row in rows}
