"""Taking contacts into a segment or out of it by hand. Repeating either is harmless."""

from sqlalchemy import delete, insert, select, update

from backend import documents
from backend.db.models.contact import Contact
from backend.db.models.segment import Segment, SegmentMember
from backend.segments.audience import EXCLUDE, INCLUDE, compiler_for, stored_node
from backend.segments.queries import condition_of
from backend.work import Work
from contract.segments import MembersRequest


async def _known(work: Work, data: MembersRequest) -> set[int]:
    """The contacts that exist here; one of another organisation is as unknown as a deleted one."""
    wanted = {int(contact_id) for contact_id in data.contact_ids if len(contact_id) < 19}
    return set(await work.session.scalars(select(Contact.id).where(Contact.id.in_(wanted))))


async def _decisions(work: Work, segment_id: str, ids: set[int]) -> dict[int, str]:
    rows = await work.session.execute(
        select(SegmentMember.contact_id, SegmentMember.source).where(
            SegmentMember.segment_id == segment_id, SegmentMember.contact_id.in_(ids)
        )
    )
    return {row.contact_id: row.source for row in rows}


async def _decide(work: Work, segment_id: str, ids: set[int], source: str) -> None:
    """Set the decision for these contacts, replacing another one."""
    decided = await _decisions(work, segment_id, ids)
    await work.session.execute(
        update(SegmentMember)
        .where(SegmentMember.segment_id == segment_id, SegmentMember.contact_id.in_(set(decided)))
        .values(source=source)
    )
    fresh = [
        {"segment_id": segment_id, "contact_id": contact_id, "source": source}
        for contact_id in sorted(ids - set(decided))
    ]
    if fresh:
        await work.session.execute(insert(SegmentMember), fresh)


async def include(work: Work, row_id: str, data: MembersRequest) -> int:
    """How many were not included before."""
    await documents.find(work.session, Segment, row_id)
    known = await _known(work, data)
    decided = await _decisions(work, row_id, known)
    fresh = {contact_id for contact_id in known if decided.get(contact_id) != INCLUDE}
    if fresh:
        await _decide(work, row_id, fresh, INCLUDE)
        work.contacts_changed("segment members added", f"segment/{row_id}")
    return len(fresh)


async def remove(work: Work, row_id: str, data: MembersRequest) -> int:
    """How many were in it. An exclude is kept only where the filter would bring the contact back."""
    segment = await documents.find(work.session, Segment, row_id)
    known = await _known(work, data)
    among = Contact.id.in_(known)
    members = await condition_of(work, segment)
    inside = set(await work.session.scalars(select(Contact.id).where(members, among)))
    compiler = await compiler_for(work.session, work.now)
    matches = compiler.condition(stored_node(segment))
    matching = set(await work.session.scalars(select(Contact.id).where(matches, among)))
    await work.session.execute(
        delete(SegmentMember).where(
            SegmentMember.segment_id == row_id,
            SegmentMember.contact_id.in_(known - matching),
            SegmentMember.source == INCLUDE,
        )
    )
    if matching:
        await _decide(work, row_id, matching, EXCLUDE)
    if inside:
        work.contacts_changed("segment members removed", f"segment/{row_id}")
    return len(inside)
