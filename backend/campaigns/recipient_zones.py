"""A campaign that comes at one time of day in each contact's own time zone.

`send_at` stays the moment for those whose zone is not known. The audience is frozen at `starts_at`, when the
clock shows that time in the first zone where somebody is.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.local_times import moment_at
from backend.work import Work
from contract.problems import InvalidError

WIDEST = timedelta(hours=14)
"""No zone is further from UTC."""


async def set_local_time(
    work: Work, row: Campaign, wall: datetime | None, send_at: datetime, segment_id: str
) -> None:
    """Raises `InvalidError` where it is too late for somebody, `SegmentMissingError`."""
    row.local_time = row.starts_at = None
    if wall is None:
        return
    if abs(wall.replace(tzinfo=UTC) - send_at) > WIDEST:
        raise InvalidError.at("localTime", "at sendAt no clock in the world shows this time")
    condition = await work.ports.audience.members(work.session, segment_id, work.now)
    zones = await work.session.scalars(select(Contact.time_zone).where(condition).distinct())
    first, where = min((moment_at(wall, zone, send_at), zone or "") for zone in [*zones, None])
    if first < work.now:
        words = f"it is past {wall:%H:%M} already in {where or 'your own time zone'}, where some of them are"
        raise InvalidError.at("localTime", words)
    row.local_time, row.starts_at = wall.isoformat(), first


async def move_local_time(work: Work, row: Campaign, send_at: datetime, segment_id: str) -> None:
    """Another time or audience: the time of day moves as far as `sendAt` does."""
    if row.local_time is not None and row.send_at is not None:
        wall = datetime.fromisoformat(row.local_time) + (send_at - row.send_at)
        await set_local_time(work, row, wall, send_at, segment_id)
