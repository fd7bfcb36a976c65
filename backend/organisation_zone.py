"""The clock that counts for contacts whose own time zone is not known: the organisation's, where it has one.

It is asked whenever a mail's time has come, so another zone moves nothing: what was put off until some moment
is asked about again then, and what was claimed goes. A scheduled campaign keeps the times that it was
scheduled for, and so do its mails.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.org import Org


async def organisation_zone(session: AsyncSession, org_id: int) -> str:
    """Its name; empty for none. The organisation's row lies outside the border, so it is named."""
    query = select(Org.time_zone).where(Org.id == org_id)
    return (await session.execute(query, execution_options={"unscoped": True})).scalar_one()
