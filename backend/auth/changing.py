"""A new password for someone. Every session that the old one opened ends, but the one that changes it."""

from datetime import datetime

from sqlalchemy import update

from backend.auth import queries
from backend.db.engine import Database
from backend.db.models.ledger import AuditEntry
from backend.db.models.org import TokenFamily, User
from contract.ids import new_document_id


async def set_password(
    database: Database, user_id: int, hashed: str, now: datetime, *, keep: str | None = None
) -> None:
    """Sessions are ended in each organisation of the user, but for the family `keep`."""
    async with database.system_writer() as session:
        await session.execute(update(User).where(User.id == user_id).values(password_hash=hashed))
    async with database.user_reader(user_id) as session:
        orgs = await queries.memberships(session, user_id)
    for org, _ in orgs:
        await _end_sessions(database, int(org.id), user_id, now, keep)


async def _end_sessions(
    database: Database, org_id: int, user_id: int, now: datetime, keep: str | None
) -> None:
    others = update(TokenFamily).where(TokenFamily.user_id == user_id, TokenFamily.revoked_at.is_(None))
    if keep is not None:
        others = others.where(TokenFamily.id != keep)
    async with database.writer(org_id) as session:
        await session.execute(others.values(revoked_at=now), execution_options={"synchronize_session": False})
        session.add(
            AuditEntry(
                id=new_document_id(),
                at=now,
                user_id=user_id,
                action="password changed",
                target=f"user/{user_id}",
                client="",
            )
        )
