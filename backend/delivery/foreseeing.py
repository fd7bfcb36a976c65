"""What publishing a sequence's draft would do to people, in numbers: a few counts, however many they are."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.epoch import EPOCH, MICROSECOND
from backend.db.models.contact import Contact
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.audience import audience_condition, goal_condition, outside
from backend.delivery.due_steps import ACTIVE
from backend.delivery.enrolling import newcomers
from backend.delivery.sequence_steps import Step, Steps, landing
from backend.organisation_zone import organisation_zone
from backend.ports import Audience
from backend.send_windows import opening
from backend.sequence_rules import Rules, draft_rules


def due_after(delay: timedelta) -> ColumnElement[int]:
    """When someone's wait ends under this delay, in microseconds since 1970."""
    return type_coerce(EnrolmentRecord.entered_step_at, BigInteger) + delay // MICROSECOND


def active_in(sequence: Sequence) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Holds for the people in a sequence."""
    return EnrolmentRecord.sequence_id == sequence.id, EnrolmentRecord.state == ACTIVE


async def waiting_for(session: AsyncSession, sequence: Sequence) -> dict[str, int]:
    """How many people wait for each step."""
    query = (
        select(EnrolmentRecord.step_id, func.count())
        .where(*active_in(sequence))
        .group_by(EnrolmentRecord.step_id)
    )
    return {step_id: count for step_id, count in await session.execute(query) if step_id}


async def _leaving(
    audience: Audience, session: AsyncSession, rules: Rules, now: datetime
) -> ColumnElement[bool] | None:
    reasons = []
    if rules.goal_segment_id is not None:
        reasons.append(await goal_condition(audience, session, rules.goal_segment_id, now))
    if rules.exit_on_leaving:
        reasons.append(outside(await audience_condition(audience, session, rules.segment_id, now)))
    return or_(*reasons) if reasons else None


async def foresee(
    audience: Audience, session: AsyncSession, sequence: Sequence, steps: tuple[Steps, Steps], now: datetime
) -> dict[str, int]:
    """`steps`: those that people run, and the draft's. Raises `SegmentMissingError`."""
    rules = draft_rules(sequence)
    old, new = steps
    entering = await newcomers(audience, session, sequence.id, rules, now)
    leaving = await _leaving(audience, session, rules, now)
    newcoming = await _by_zone(session, select(Contact.time_zone, func.count()).where(entering))
    waiting = await waiting_for(session, sequence)
    due = Counter(newcoming if new and not new[0].delay else {})
    for step_id in waiting:
        if (target := landing(old, new, step_id)) is not None:
            due += await _by_zone(session, _over(sequence, step_id, target, leaving, now))
    ours = await organisation_zone(session, sequence.org_id)
    at_once = sum(count for zone, count in due.items() if opening(rules.window, zone or ours, now) == now)
    return {
        "will_enrol": newcoming.total(),
        "active": sum(waiting.values()),
        "will_exit": await _count_leaving(session, sequence, leaving),
        "due_now": at_once,
        "due_in_window": due.total() - at_once,
    }


async def _by_zone(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> Counter[str | None]:
    """Of a query for time zones and counts."""
    rows = await session.execute(query.group_by(Contact.time_zone))
    return Counter({row[0]: row[1] for row in rows})


async def _count_leaving(
    session: AsyncSession, sequence: Sequence, leaving: ColumnElement[bool] | None
) -> int:
    if leaving is None:
        return 0
    people = _people(sequence, select(func.count())).where(leaving)
    return await session.scalar(people) or 0


def _people(sequence: Sequence, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    contact = (Contact.org_id == EnrolmentRecord.org_id) & (Contact.id == EnrolmentRecord.contact_id)
    return query.select_from(EnrolmentRecord).outerjoin(Contact, contact).where(*active_in(sequence))


def _over(
    sequence: Sequence, step_id: str, target: Step, leaving: ColumnElement[bool] | None, now: datetime
) -> Select[*tuple[Any, ...]]:
    """Those who wait for this step and land on that one with their delay over."""
    over = due_after(target.delay) <= (now - EPOCH) // MICROSECOND
    query = _people(sequence, select(Contact.time_zone, func.count()))
    query = query.where(EnrolmentRecord.step_id == step_id, over)
    return query if leaving is None else query.where(outside(leaving))
