"""Bringing people into a sequence: everyone in its segment who was never in it, or long enough ago.

Whoever has reached the goal does not enter. A segment or goal that is gone lets nobody in.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import take_row_ids
from backend.db.models.contact import Contact
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord, SequenceRevision
from backend.db.upserts import insert_into
from backend.delivery.audience import audience_condition, goal_condition, judge_audience, outside
from backend.delivery.due_steps import ACTIVE
from backend.delivery.sequence_steps import Step, read_steps
from backend.ports import Audience
from backend.sequence_rules import Rules, published_rules
from contract.clock import Clock
from contract.contacts import ContactStatus
from contract.problems import SegmentMissingError
from contract.transitions import SequenceStatus


async def find_sequence(session: AsyncSession, sequence_id: str) -> Sequence | None:
    """The sequence of this session's organisation."""
    return await session.scalar(select(Sequence).where(Sequence.id == sequence_id))


async def published_steps(session: AsyncSession, sequence: Sequence) -> list[Step]:
    """What people run; nothing if it was never published."""
    query = select(SequenceRevision.steps_json).where(
        SequenceRevision.sequence_id == sequence.id,
        SequenceRevision.revision == sequence.published_revision,
    )
    return read_steps(await session.scalar(query) or {"steps": []})


async def newcomers(
    audience: Audience, session: AsyncSession, sequence_id: str, rules: Rules, now: datetime
) -> ColumnElement[bool]:
    """Holds for contacts of the segment who may be mailed and enter, or enter again.

    Raises `SegmentMissingError`.
    """
    entering = await audience_condition(audience, session, rules.segment_id, now)
    if rules.goal_segment_id is not None:
        entering &= outside(await goal_condition(audience, session, rules.goal_segment_id, now))
    known = select(EnrolmentRecord.contact_id).where(  # a column, so that SQLite sees its index suffices
        EnrolmentRecord.org_id == Contact.org_id,
        EnrolmentRecord.sequence_id == sequence_id,
        EnrolmentRecord.contact_id == Contact.id,
    )
    if rules.reenter_after is not None:
        lately = EnrolmentRecord.entered_step_at > now - rules.reenter_after
        known = known.where(or_(EnrolmentRecord.state == ACTIVE, lately))
    return entering & (Contact.status == ContactStatus.SUBSCRIBED.value) & ~known.exists()


class Enroller:
    """Enrols in batches, so that a large segment never holds the writer for long."""

    def __init__(self, database: Database, clock: Clock, audience: Audience) -> None:
        self._database = database
        self._clock = clock
        self._audience = audience

    async def enrol(self, org_id: int, sequence_id: str) -> int:
        """How many entered. A missing segment lets nobody in; those who are in it go on."""
        now, entered = self._clock.now(), 0
        async with self._database.reader(org_id) as session:
            sequence = await find_sequence(session, sequence_id)
            if sequence is None or sequence.status != SequenceStatus.ACTIVE:
                return 0
            steps = await published_steps(session, sequence)
            if not steps:
                return 0
            async with aclosing(self._candidates(session, sequence, now)) as candidates:
                async for ids in candidates:
                    if not await self._insert(org_id, sequence, steps[0], ids, now):
                        break
                    entered += len(ids)
        return entered

    async def _candidates(
        self, session: AsyncSession, sequence: Sequence, now: datetime
    ) -> AsyncGenerator[list[int]]:
        try:
            rules = published_rules(sequence.published_rules, sequence.segment_id)
            condition = await newcomers(self._audience, session, sequence.id, rules, now)
        except SegmentMissingError:
            return
        async with aclosing(judge_audience(session, condition)) as batches:
            async for members in batches:
                ids = [member.id for member in members if not member.reason]
                if ids:
                    yield ids

    async def _insert(
        self, org_id: int, sequence: Sequence, first: Step, ids: list[int], now: datetime
    ) -> bool:
        """False if it was published anew meanwhile: these steps may be gone, the next sweep looks again."""
        async with self._database.writer(org_id) as session:
            present = await find_sequence(session, sequence.id)
            if present is None or present.published_revision != sequence.published_revision:
                return False
            row_ids = await take_row_ids(session, len(ids))
            runs = await _earlier_runs(session, sequence, ids)
            entry = _entry(sequence, first, now)
            rows = [
                {**entry, "id": row_id, "contact_id": id, "run_no": runs.get(id, 0) + 1}
                for row_id, id in zip(row_ids, ids, strict=True)
            ]
            entering = insert_into(self._database.engine.dialect.name, EnrolmentRecord)
            await session.execute(entering.on_conflict_do_nothing(), rows)
            return True


async def _earlier_runs(session: AsyncSession, sequence: Sequence, ids: list[int]) -> dict[int, int]:
    """How often each of these contacts was in it. Who never may enter again was never in it."""
    if published_rules(sequence.published_rules, sequence.segment_id).reenter_after is None:
        return {}
    query = (
        select(EnrolmentRecord.contact_id, func.max(EnrolmentRecord.run_no))
        .where(EnrolmentRecord.sequence_id == sequence.id, EnrolmentRecord.contact_id.in_(ids))
        .group_by(EnrolmentRecord.contact_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


def _entry(sequence: Sequence, first: Step, now: datetime) -> dict[str, Any]:
    """What everyone has in common who enters now."""
    delay: timedelta = first.delay
    return {
        "sequence_id": sequence.id,
        "revision": sequence.published_revision,
        "step_id": first.id,
        "state": ACTIVE,
        "entered_at": now,
        "entered_step_at": now,
        "next_run_at": now + delay,
    }
