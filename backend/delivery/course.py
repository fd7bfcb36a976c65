"""How a campaign or a sequence went over time, in steps that fit its length."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.epoch import EPOCH, MICROSECOND
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import OPENING, EventType
from backend.delivery.response import SENT, first_times
from contract.delivery import DeliveryState
from contract.reports import Course, CoursePoint

SHOWN = timedelta(days=14)
"""Who opens later is counted in the totals alone: one late click must not flatten the first hours."""
RUNNING = timedelta(days=95)
"""A sequence is shown up to now: one point for each day at most."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""Who sent the first mail may go by another clock than who noted when it began."""
MAX_POINTS = 96
STEPS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 24 * 60)
)


def step_for(span: timedelta) -> timedelta:
    """The shortest one that takes no more than `MAX_POINTS` of them."""
    return next((step for step in STEPS if span <= step * MAX_POINTS), STEPS[-1])


def _moments(source_id: str) -> dict[str, Select[*tuple[Any, ...]]]:
    """(at) of everything that is counted."""
    mails = select(DeliveryRecord.updated_at.label("at")).where(DeliveryRecord.source_id == source_id)
    return {
        "sent": mails.where(DeliveryRecord.state.in_(SENT)),
        "bounced": mails.where(DeliveryRecord.state == DeliveryState.BOUNCED),
        "opened": first_times(source_id, *OPENING),
        "clicked": first_times(source_id, EventType.CLICKED),
        "unsubscribed": first_times(source_id, EventType.UNSUBSCRIBED),
    }


class Window(NamedTuple):
    """What a course shows: from a moment on, for at most so long."""

    begin: datetime
    length: timedelta


def campaign_window(started_at: datetime | None) -> Window | None:
    """The first two weeks; None before it began."""
    return None if started_at is None else Window(started_at, SHOWN)


def sequence_window(started_at: datetime | None, now: datetime) -> Window | None:
    """All of it, or the last days of one that runs for longer; None before it began."""
    return None if started_at is None else Window(max(started_at, now - RUNNING), RUNNING + STEPS[-1])


async def find_course(session: AsyncSession, source_id: str, window: Window | None) -> Course:
    """Empty until something happened in it."""
    if window is None:
        return Course()
    begin, end = window.begin, window.begin + window.length
    moments = {name: query.subquery() for name, query in _moments(source_id).items()}
    ends = [await session.scalar(select(func.max(found.c.at))) for found in moments.values()]
    last = max((end for end in ends if end is not None), default=None)
    if last is None:
        return Course()
    step = step_for(min(last - begin, window.length))
    micros = step // MICROSECOND
    first = (begin - EPOCH) // step
    counted: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for name, found in moments.items():
        place = type_coerce(found.c.at, BigInteger) // micros
        query = select(place.label("place"), func.count().label("many")).group_by(place)
        inside = query.where(found.c.at >= begin - CLOCKS_DIFFER, found.c.at < end)
        for row in await session.execute(inside):
            spot = max(first, int(row.place))
            counted[spot][name] = counted[spot].get(name, 0) + row.many
    if not counted:
        return Course()
    places = range(first, max(counted) + 1)
    points = [CoursePoint(at=EPOCH + step * place, **counted[place]) for place in places]
    return Course(step_seconds=int(step.total_seconds()), points=points)
