"""The people of a sequence and its mails step by step, counted by the database."""

import json
from collections.abc import Sequence as Many

from sqlalchemy import distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event
from backend.db.models.sequence_run import EnrolmentRecord, SequenceRevision
from backend.delivery.due_steps import ACTIVE, EXITED, FINISHED
from backend.delivery.response import ends, reactions
from backend.frozen_links import links_in
from contract.delivery import DeliveryState
from contract.reports import PeopleCount, StepCount
from render_preview.tracking import Address

_SHOWN = (DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.SKIPPED)


async def published(session: AsyncSession, sequence_id: str) -> list[SequenceRevision]:
    """Every revision that people ran, the first one first."""
    query = select(SequenceRevision).where(SequenceRevision.sequence_id == sequence_id)
    return list(await session.scalars(query.order_by(SequenceRevision.revision)))


def sequence_addresses(revisions: Many[SequenceRevision]) -> dict[int, Address]:
    """The links of every step in every revision, by number; what did not change is read once."""
    contents = {
        json.dumps(step["contentJson"], sort_keys=True): step["contentJson"]
        for revision in revisions
        for step in revision.steps_json["steps"]
    }
    return {n: address for content in contents.values() for n, address in links_in(content).items()}


async def find_people(session: AsyncSession, sequence_id: str) -> PeopleCount:
    """By state, and those who left before the end by reason, the most frequent first."""
    query = (
        select(EnrolmentRecord.state, EnrolmentRecord.exit_reason, func.count().label("many"))
        .where(EnrolmentRecord.sequence_id == sequence_id)
        .group_by(EnrolmentRecord.state, EnrolmentRecord.exit_reason)
        .order_by(func.count().desc(), EnrolmentRecord.exit_reason)
    )
    states = {ACTIVE: 0, FINISHED: 0, EXITED: 0}
    reasons: dict[str, int] = {}
    for row in await session.execute(query):
        states[row.state] += row.many
        if row.state == EXITED:
            reasons[row.exit_reason] = row.many
    return PeopleCount(**states, exit_reasons=reasons)


async def find_steps(
    session: AsyncSession, sequence_id: str, revisions: Many[SequenceRevision]
) -> list[StepCount]:
    """The published ones in their order, then those that were taken out after they were mailed."""
    if not revisions:
        return []
    states = await _states(session, sequence_id)
    reacted = await _reactions(session, sequence_id)
    waiting = await _waiting(session, sequence_id)
    present = [step["id"] for step in revisions[-1].steps_json["steps"]]
    subjects = {
        step["id"]: str(step["contentJson"].get("subject") or "")
        for revision in revisions
        for step in revision.steps_json["steps"]
    }
    gone = [step_id for step_id in subjects if step_id in states and step_id not in present]
    return [
        StepCount(
            step_id=step_id,
            place=present.index(step_id) + 1 if step_id in present else 0,
            subject=subjects[step_id],
            waiting=waiting.get(step_id, 0),
            **ends(states.get(step_id, {})),
            **{state.value: states.get(step_id, {}).get(state, 0) for state in _SHOWN},
            **reacted.get(step_id, {}),
        )
        for step_id in (*present, *gone)
    ]


async def _states(session: AsyncSession, sequence_id: str) -> dict[str, dict[str, int]]:
    query = (
        select(DeliveryRecord.step_id, DeliveryRecord.state, func.count().label("many"))
        .where(DeliveryRecord.source_id == sequence_id)
        .group_by(DeliveryRecord.step_id, DeliveryRecord.state)
    )
    found: dict[str, dict[str, int]] = {}
    for row in await session.execute(query):
        found.setdefault(row.step_id, {})[row.state] = row.many
    return found


async def _reactions(session: AsyncSession, sequence_id: str) -> dict[str, dict[str, int]]:
    """By step, and by the reaction's name in a report."""
    found: dict[str, dict[str, int]] = {}
    for name, condition in reactions(sequence_id).items():
        query = (
            select(DeliveryRecord.step_id, func.count(distinct(Event.delivery_id)).label("many"))
            .join(Event, Event.delivery_id == DeliveryRecord.id)
            .where(condition)
            .group_by(DeliveryRecord.step_id)
        )
        for row in await session.execute(query):
            found.setdefault(row.step_id, {})[name] = row.many
    return found


async def _waiting(session: AsyncSession, sequence_id: str) -> dict[str, int]:
    query = (
        select(EnrolmentRecord.step_id, func.count().label("many"))
        .where(EnrolmentRecord.sequence_id == sequence_id, EnrolmentRecord.state == ACTIVE)
        .group_by(EnrolmentRecord.step_id)
    )
    return {row.step_id: row.many for row in await session.execute(query)}
