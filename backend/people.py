"""Who the users behind ids are, for lists that name whoever acted, also those who have left since."""

from collections.abc import Iterable

from sqlalchemy import select

from backend.db.models.org import User
from backend.work import Work
from contract.auth import UserInfo


async def people(work: Work, ids: Iterable[int | None]) -> dict[int | None, UserInfo]:
    """By id. Users lie outside the border; ids come from rows of the organisation only."""
    query = select(User.id, User.email).where(User.id.in_({id for id in ids if id is not None}))
    found = await work.session.execute(query, execution_options={"unscoped": True})
    return {row.id: UserInfo(id=str(row.id), email=row.email) for row in found}
