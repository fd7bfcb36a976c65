"""What new mails of an organisation carry: whether their opens and clicks are tracked."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.org import Org


class Tracks(NamedTuple):
    """What of a mail is tracked."""

    opens: bool
    clicks: bool


async def find_tracks(session: AsyncSession, org_id: int, public_url: str | None) -> Tracks:
    """Nothing where recipients do not reach this installation.

    The organisation's row lies outside the border, so it is named.
    """
    if not public_url:
        return Tracks(opens=False, clicks=False)
    query = select(Org.track_opens, Org.track_clicks).where(Org.id == org_id)
    row = (await session.execute(query, execution_options={"unscoped": True})).one()
    return Tracks(row.track_opens, row.track_clicks)
