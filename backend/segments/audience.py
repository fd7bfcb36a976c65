"""Who is in a segment: its filter, corrected by what people decided by hand.

A manual exclude beats a manual include, which beats the filter.
"""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.fields import custom_fields
from backend.db.models.contact import Contact
from backend.db.models.segment import Segment, SegmentMember
from backend.segments.compile import Compiler, Condition, columns_for
from contract.problems import SegmentMissingError
from contract.segment_ast import AnyNode, Node

INCLUDE, EXCLUDE = "include", "exclude"
_NODE: TypeAdapter[AnyNode] = TypeAdapter(Node)


def stored_node(segment: Segment) -> AnyNode:
    """The filter of a row."""
    return _NODE.validate_python(segment.dsl_json)


def _decided(segment_id: str, source: str) -> Condition:
    """The organisation is tied to the contact's, so that this also holds in statements across them."""
    return exists().where(
        SegmentMember.org_id == Contact.org_id,
        SegmentMember.segment_id == segment_id,
        SegmentMember.contact_id == Contact.id,
        SegmentMember.source == source,
    )


async def _sources(session: AsyncSession, segment_id: str) -> set[str]:
    found = select(SegmentMember.source).where(SegmentMember.segment_id == segment_id).distinct()
    return set(await session.scalars(found))


async def compiler_for(session: AsyncSession, now: datetime) -> Compiler:
    """A compiler that knows the organisation's fields."""
    return Compiler(columns_for(await custom_fields(session)), now)


async def with_decisions(session: AsyncSession, condition: Condition, segment_id: str | None) -> Condition:
    """The filter's condition, corrected by the segment's manual members if it has any."""
    sources = await _sources(session, segment_id) if segment_id else set()
    if segment_id and INCLUDE in sources:
        condition = or_(condition, _decided(segment_id, INCLUDE))
    if segment_id and EXCLUDE in sources:
        condition = and_(condition, ~_decided(segment_id, EXCLUDE))
    return condition


class SegmentAudience:
    """The `Audience` port over stored segments."""

    async def members(self, session: AsyncSession, segment_id: str, now: datetime) -> ColumnElement[bool]:
        segment = await session.scalar(select(Segment).where(Segment.id == segment_id))
        if segment is None:
            raise SegmentMissingError("The segment was deleted; choose another one.")
        compiler = await compiler_for(session, now)
        return await with_decisions(session, compiler.condition(stored_node(segment)), segment_id)
