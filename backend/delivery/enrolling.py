"""Bringing people into a sequence: everyone in its segment who was never in it, or long enough ago.

Whoever has reached the goal does not enter. A segment or goal that is gone lets nobody in.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
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
        known = known.where(_keeps_out(rules.reenter_after, now))
    return entering & (Contact.status == ContactStatus.SUBSCRIBED.value) & ~known.exists()


def _keeps_out(reenter_after: timedelta, now: datetime) -> ColumnElement[bool]:
    """Holds for a run that goes on, or ended too lately for the contact to enter again."""
    return or_(EnrolmentRecord.state == ACTIVE, EnrolmentRecord.entered_step_at > now - reenter_after)


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
            runs = await _next_runs(session, sequence, ids, now)
            row_ids = await take_row_ids(session, len(runs))
            entry = _entry(sequence, first, now)
            rows = [
                {**entry, "id": row_id, "contact_id": id, "run_no": run_no}
                for row_id, (id, run_no) in zip(row_ids, runs.items(), strict=True)
            ]
            if rows:
                entering = insert_into(self._database.dialect, EnrolmentRecord)
                await session.execute(entering.on_conflict_do_nothing(), rows)
            return True


async def _next_runs(
    session: AsyncSession, sequence: Sequence, ids: list[int], now: datetime
) -> dict[int, int]:
    """The number of each contact's next run, without those who may not enter by now.

    They were read before this transaction, and another sweep may have brought them in meanwhile. Whoever
    never may enter again has one run only, and its number is taken.
    """
    again = published_rules(sequence.published_rules, sequence.segment_id).reenter_after
    if again is None:
        return dict.fromkeys(ids, 1)
    of_contact = EnrolmentRecord.contact_id
    last = func.max(EnrolmentRecord.run_no)
    stays_out = func.max(case((_keeps_out(again, now), 1), else_=0))
    query = (
        select(of_contact, last, stays_out)
        .where(EnrolmentRecord.sequence_id == sequence.id, of_contact.in_(ids))
        .group_by(of_contact)
    )
    known = {row[0]: (row[1], row[2]) for row in await session.execute(query)}
    runs = {id: known.get(id, (0, 0)) for id in ids}
    return {id: run_no + 1 for id, (run_no, stays_out) in runs.items() if not stays_out}


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
