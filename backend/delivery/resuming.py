"""What becomes of mails that were due while a sequence was paused, by a person's choice.

Each is a few statements, whoever and however many they concern.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.epoch import MICROSECOND, micros
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.due_steps import ACTIVE, FINISHED
from backend.delivery.sequence_steps import Steps
from contract.sequences import Overdue, SequenceResume

SKIPPED = "the last step was skipped after a pause"
_PARTS, _STEP = 2**16, 40_503
"""A span has so many moments. By steps of its golden section, rows that follow one another spread evenly."""


def _active(sequence: Sequence) -> tuple[ColumnElement[bool], ...]:
    return EnrolmentRecord.sequence_id == sequence.id, EnrolmentRecord.state == ACTIVE


def _overdue(sequence: Sequence, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return *_active(sequence), EnrolmentRecord.next_run_at <= now


async def count_overdue(session: AsyncSession, sequence: Sequence, now: datetime) -> int:
    """How many people would get a mail at once."""
    return await session.scalar(select(func.count()).where(*_overdue(sequence, now))) or 0


async def decide(
    session: AsyncSession, sequence: Sequence, steps: Steps, wanted: SequenceResume, now: datetime
) -> None:
    """`steps` are the published ones."""
    match wanted.overdue:
        case Overdue.SPREAD:
            part = timedelta(hours=wanted.hours) / _PARTS // MICROSECOND
            moment = micros(now) + (EnrolmentRecord.id % _PARTS) * _STEP % _PARTS * part
            await _change(session, _overdue(sequence, now), {"next_run_at": moment})
        case Overdue.SHIFT:
            length = (now - (sequence.paused_at or now)) // MICROSECOND
            later = {
                name: type_coerce(getattr(EnrolmentRecord, name), BigInteger) + length
                for name in ("entered_step_at", "next_run_at")
            }
            await _change(session, _active(sequence), later)
        case Overdue.SKIP:
            await _skip(session, sequence, steps, now)
        case Overdue.SEND:
            return


async def _skip(session: AsyncSession, sequence: Sequence, steps: Steps, now: datetime) -> None:
    """From the last step to the first, so that nobody is moved on twice."""
    ends = {"state": FINISHED, "exit_reason": SKIPPED, "entered_step_at": now, "next_run_at": None}
    for step, following in reversed(list(zip(steps, [*steps[1:], None], strict=True))):
        waits: Mapping[str, Any] = ends
        if following is not None:
            waits = {"step_id": following.id, "entered_step_at": now, "next_run_at": now + following.delay}
        await _change(session, (*_overdue(sequence, now), EnrolmentRecord.step_id == step.id), waits)


async def _change(
    session: AsyncSession, who: tuple[ColumnElement[bool], ...], values: Mapping[str, Any]
) -> None:
    change = update(EnrolmentRecord).where(*who).values(values)
    await session.execute(change, execution_options={"synchronize_session": False})
