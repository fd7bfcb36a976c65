"""Bringing people into a sequence: everyone in its segment who was never in it, once."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import take_row_ids
from backend.db.models.contact import Contact
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord, SequenceRevision
from backend.db.upserts import insert_into
from backend.delivery.audience import audience_condition, judge_audience
from backend.delivery.sequence_steps import Step, read_steps
from backend.ports import Audience
from contract.clock import Clock
from contract.contacts import ContactStatus
from contract.problems import SegmentMissingError
from contract.transitions import SequenceStatus

ACTIVE, FINISHED, EXITED = "active", "finished", "exited"


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
    audience: Audience, session: AsyncSession, sequence: Sequence, now: datetime
) -> ColumnElement[bool]:
    """Holds for contacts of the segment who may be mailed and never were in it. `SegmentMissingError`."""
    members = await audience_condition(audience, session, sequence.segment_id, now)
    known = select(EnrolmentRecord.contact_id).where(  # a column, so that SQLite sees its index suffices
        EnrolmentRecord.org_id == Contact.org_id,
        EnrolmentRecord.sequence_id == sequence.id,
        EnrolmentRecord.contact_id == Contact.id,
    )
    return members & (Contact.status == ContactStatus.SUBSCRIBED.value) & ~known.exists()


async def count_newcomers(
    audience: Audience, session: AsyncSession, sequence: Sequence, now: datetime
) -> int:
    """How many would enter now, suppressed ones included."""
    condition = await newcomers(audience, session, sequence, now)
    return await session.scalar(select(func.count()).select_from(Contact).where(condition)) or 0


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
            condition = await newcomers(self._audience, session, sequence, now)
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
            rows = [
                _entry(row_id, contact_id, sequence, first, now)
                for row_id, contact_id in zip(row_ids, ids, strict=True)
            ]
            entering = insert_into(self._database.engine.dialect.name, EnrolmentRecord)
            await session.execute(entering.on_conflict_do_nothing(), rows)
            return True


def _entry(row_id: int, contact_id: int, sequence: Sequence, first: Step, now: datetime) -> dict[str, Any]:
    delay: timedelta = first.delay
    return {
        "id": row_id,
        "sequence_id": sequence.id,
        "contact_id": contact_id,
        "revision": sequence.published_revision,
        "step_id": first.id,
        "state": ACTIVE,
        "entered_at": now,
        "entered_step_at": now,
        "next_run_at": now + delay,
    }
