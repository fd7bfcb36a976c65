"""Reading sequences."""

from collections.abc import Sequence as Many
from typing import Any

from sqlalchemy import Select, select

from backend.db.models.sequence import Sequence
from backend.pagination import Order
from backend.work import Work, content_hash
from contract.sequences import Sequence as SequenceWire
from contract.sequences import Step
from contract.transitions import SequenceStatus
from contract.wire import format_timestamp

NEWEST_CHANGE_FIRST = Order(Sequence.updated_at, Sequence.id, descending=True)


def matching(search: str | None, status: SequenceStatus | None) -> Select[Sequence]:
    """Sequences whose name contains `search`, in this status."""
    query = select(Sequence)
    if search:
        query = query.where(Sequence.name.icontains(search, autoescape=True))
    if status:
        query = query.where(Sequence.status == status.value)
    return query


def draft_hash(row: Sequence) -> str | None:
    """What publishing would freeze: steps and segment."""
    return content_hash({"steps": row.steps_json["steps"], "segmentId": row.segment_id})


def to_wire(row: Sequence, active: int = 0) -> SequenceWire:
    """A row as answered."""
    return SequenceWire(
        id=row.id,
        org_id=str(row.org_id),
        name=row.name,
        status=SequenceStatus(row.status),
        segment_id=row.segment_id,
        steps=[Step.model_validate(step) for step in row.steps_json["steps"]],
        published_revision=row.published_revision,
        unpublished_changes=row.published_revision > 0 and row.published_hash != draft_hash(row),
        active_enrolments=active,
        created_at=row.created_at,
        updated_at=format_timestamp(row.updated_at),
    )


def as_json(row: Sequence) -> dict[str, Any]:
    """The row as it is compared and recorded: without the count of people in it."""
    return to_wire(row).model_dump(mode="json", by_alias=True)


async def with_active(work: Work, rows: Many[Sequence]) -> list[SequenceWire]:
    """Rows as answered, with how many people are in each."""
    active = await work.ports.sequencing.active(work.session, [row.id for row in rows])
    return [to_wire(row, active.get(row.id, 0)) for row in rows]


async def present(work: Work, ids: Many[str]) -> dict[str, dict[str, Any]]:
    """Rows for the feed."""
    rows = await work.session.scalars(select(Sequence).where(Sequence.id.in_(ids)))
    return {row.id: as_json(row) for row in rows}
