"""Reading sequences."""

from collections.abc import Sequence as Many
from typing import Any

from sqlalchemy import Select, select

from backend.db.models.segment import Segment
from backend.db.models.sequence import Sequence
from backend.pagination import Order
from backend.sequence_rules import published_rules
from backend.work import Work, content_hash
from contract.sequence_settings import KeptSettings
from contract.sequences import Sequence as SequenceWire
from contract.sequences import Step
from contract.transitions import SequenceStatus
from contract.wire import format_timestamp

HELD_BY_GOAL = (
    "The segment that is its goal was deleted. Nobody is mailed and nobody leaves until another goal, or"
    " none, is published."
)
HELD_BY_SEGMENT = (
    "Its segment was deleted, and whoever left it is to get no more. Nobody is mailed until another segment,"
    " or another setting, is published."
)
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
    """What publishing would freeze: steps, segment, and settings where there are any."""
    settings = {"settings": given} if (given := row.steps_json.get("settings")) else {}
    return content_hash({"steps": row.steps_json["steps"], "segmentId": row.segment_id} | settings)


def to_wire(row: Sequence, active: int = 0, held: str = "") -> SequenceWire:
    """A row as answered."""
    return SequenceWire(
        id=row.id,
        org_id=str(row.org_id),
        name=row.name,
        status=SequenceStatus(row.status),
        segment_id=row.segment_id,
        steps=[Step.model_validate(step) for step in row.steps_json["steps"]],
        settings=KeptSettings.model_validate(row.steps_json.get("settings", {})),
        published_revision=row.published_revision,
        unpublished_changes=row.published_revision > 0 and row.published_hash != draft_hash(row),
        active_enrolments=active,
        held=held,
        created_at=row.created_at,
        updated_at=format_timestamp(row.updated_at),
    )


def as_json(row: Sequence) -> dict[str, Any]:
    """The row as it is compared and recorded: without the count of people in it, and why it is held."""
    return to_wire(row).model_dump(mode="json", by_alias=True)


async def with_active(work: Work, rows: Many[Sequence]) -> list[SequenceWire]:
    """Rows as answered, with how many people are in each, and why those that are active mail nobody."""
    active = await work.ports.sequencing.active(work.session, [row.id for row in rows])
    held = await _held(work, [row for row in rows if row.status == SequenceStatus.ACTIVE])
    return [to_wire(row, active.get(row.id, 0), held.get(row.id, "")) for row in rows]


async def _held(work: Work, rows: Many[Sequence]) -> dict[str, str]:
    """Active ones that ask about a segment which is gone. Nobody is mailed or dropped by a guess."""
    rules = {row.id: published_rules(row.published_rules, row.segment_id) for row in rows}
    asked = {segment for its in rules.values() for segment in its.asks_about}
    if not asked:
        return {}
    there = set(await work.session.scalars(select(Segment.id).where(Segment.id.in_(asked))))
    return {
        id: HELD_BY_GOAL if its.goal_segment_id in its.asks_about - there else HELD_BY_SEGMENT
        for id, its in rules.items()
        if its.asks_about - there
    }


async def present(work: Work, ids: Many[str]) -> dict[str, dict[str, Any]]:
    """Rows for the feed."""
    rows = await work.session.scalars(select(Sequence).where(Sequence.id.in_(ids)))
    return {row.id: as_json(row) for row in rows}
