"""Letting people go between two mails: whoever reached the goal, and mails that wait for someone who may not
get them any more. ADVANCE asks before each mail; this sweep sees what happens while nobody's step is due.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.audience import audience_condition, goal_condition, outside
from backend.delivery.due_steps import ACTIVE, EXITED, GOAL_REACHED, LEFT_SEGMENT, LOOK_AGAIN
from backend.delivery.sources import Source
from backend.ports import Audience
from backend.sequence_rules import Rules, published_rules
from contract.delivery import DeliveryState
from contract.problems import SegmentMissingError
from contract.transitions import SequenceStatus

BATCH = 2_000
_WAITING = (DeliveryState.PENDING.value, DeliveryState.SOFT.value)
_UNSYNCHRONISED = {"synchronize_session": False}


async def _conditions(
    audience: Audience, session: AsyncSession, rules: Rules, now: datetime
) -> dict[str, ColumnElement[bool]]:
    """By the reason to leave. Raises `SegmentMissingError`."""
    found: dict[str, ColumnElement[bool]] = {}
    if rules.goal_segment_id is not None:
        found[GOAL_REACHED] = await goal_condition(audience, session, rules.goal_segment_id, now)
    if rules.exit_on_leaving:
        found[LEFT_SEGMENT] = outside(await audience_condition(audience, session, rules.segment_id, now))
    return found


def _people(sequence_id: str, condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(EnrolmentRecord.id)
        .join(
            Contact, (Contact.org_id == EnrolmentRecord.org_id) & (Contact.id == EnrolmentRecord.contact_id)
        )
        .where(EnrolmentRecord.sequence_id == sequence_id, EnrolmentRecord.state == ACTIVE, condition)
    )


def _mails(sequence_id: str, condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(DeliveryRecord.id)
        .join(Contact, (Contact.org_id == DeliveryRecord.org_id) & (Contact.id == DeliveryRecord.contact_id))
        .where(DeliveryRecord.source_id == sequence_id, DeliveryRecord.state.in_(_WAITING), condition)
    )


async def _parts(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> AsyncIterator[list[int]]:
    ids = list(await session.scalars(query))
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


async def let_go(database: Database, audience: Audience, source: Source, now: datetime) -> None:
    """One pass over an active sequence. A segment that is gone lets nobody go, and no mail out."""
    async with database.reader(source.org_id) as session:
        sequence = await session.scalar(select(Sequence).where(Sequence.id == source.id))
        if sequence is None or sequence.status != SequenceStatus.ACTIVE:
            return
        rules = published_rules(sequence.published_rules, sequence.segment_id)
        try:
            conditions = await _conditions(audience, session, rules, now)
        except SegmentMissingError:
            await _hold(database, source, now)
            return
        for reason, condition in conditions.items():
            async for ids in _parts(session, _mails(source.id, condition)):
                await _skip(database, source.org_id, ids, reason, now)
            if reason == GOAL_REACHED:
                async for ids in _parts(session, _people(source.id, condition)):
                    await _exit(database, source.org_id, ids, reason, now)


async def _hold(database: Database, source: Source, now: datetime) -> None:
    """Put off what would be sent before the next sweeps: nobody can say who may still get it."""
    until = now + LOOK_AGAIN
    mails = update(DeliveryRecord).where(
        DeliveryRecord.source_id == source.id,
        DeliveryRecord.state.in_(_WAITING),
        DeliveryRecord.due_at < until,
    )
    async with database.writer(source.org_id) as session:
        await session.execute(mails.values(due_at=until), execution_options=_UNSYNCHRONISED)


async def _exit(database: Database, org_id: int, ids: list[int], reason: str, now: datetime) -> None:
    left = {"state": EXITED, "exit_reason": reason, "entered_step_at": now, "next_run_at": None}
    leaving = update(EnrolmentRecord).where(EnrolmentRecord.id.in_(ids), EnrolmentRecord.state == ACTIVE)
    async with database.writer(org_id) as session:
        await session.execute(leaving.values(left), execution_options=_UNSYNCHRONISED)


async def _skip(database: Database, org_id: int, ids: list[int], reason: str, now: datetime) -> None:
    skipped = {"state": DeliveryState.SKIPPED.value, "reason": reason, "due_at": None, "updated_at": now}
    mails = update(DeliveryRecord).where(DeliveryRecord.id.in_(ids), DeliveryRecord.state.in_(_WAITING))
    async with database.writer(org_id) as session:
        await session.execute(mails.values(skipped), execution_options=_UNSYNCHRONISED)
