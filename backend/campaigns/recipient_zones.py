"""A campaign that comes at one time of day in each contact's own time zone.

Those whose zone is not known get it when the organisation's clocks show that time, or at `send_at` where the
organisation has no zone either. The audience is frozen at `starts_at`, when the clock shows that time in the
first zone where somebody is. Both moments are fixed here: another zone of the organisation moves no campaign.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.local_times import moment_at
from backend.organisation_zone import organisation_zone
from backend.work import Work
from contract.problems import InvalidError

WIDEST = timedelta(hours=14)
"""No zone is further from UTC."""


async def set_local_time(
    work: Work, row: Campaign, wall: datetime | None, send_at: datetime, segment_id: str
) -> None:
    """Raises `InvalidError` where it is too late for somebody, `SegmentMissingError`."""
    row.local_time = row.starts_at = row.otherwise_at = None
    if wall is None:
        return
    if abs(wall.replace(tzinfo=UTC) - send_at) > WIDEST:
        raise InvalidError.at("localTime", "at sendAt no clock in the world shows this time")
    ours = await organisation_zone(work.session, work.actor.org_id)
    otherwise = moment_at(wall, ours, send_at)
    condition = await work.ports.audience.members(work.session, segment_id, work.now)
    zones = set(await work.session.scalars(select(Contact.time_zone).where(condition).distinct()))
    if not ours:
        zones.add(None)  # the sender's own, who is there whoever else is
    moments = ((moment_at(wall, zone, otherwise), zone or "") for zone in zones)
    first, where = min(moments, default=(send_at, ""))
    if first < work.now:
        place = where or (f"{ours}, the organisation's time zone" if ours else "your own time zone")
        words = f"it is past {wall:%H:%M} already in {place}, where some of them are"
        raise InvalidError.at("localTime", words)
    row.local_time, row.starts_at, row.otherwise_at = wall.isoformat(), first, otherwise


async def move_local_time(work: Work, row: Campaign, send_at: datetime, segment_id: str) -> None:
    """Another time or audience: the time of day moves as far as `sendAt` does."""
    if row.local_time is not None and row.send_at is not None:
        wall = datetime.fromisoformat(row.local_time) + (send_at - row.send_at)
        await set_local_time(work, row, wall, send_at, segment_id)
