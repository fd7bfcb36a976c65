"""Accepting an invitation: a new user, or one who has an account, becomes a member."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.auth.tokens import InvitationClaims
from backend.db.feed import FeedChange, append_changes
from backend.db.models.ledger import AuditEntry
from backend.db.models.org import Invitation, OrgUser, User
from contract.feed import Kind
from contract.ids import new_document_id
from contract.problems import ConflictError, UnauthenticatedError


async def find_invitation(session: AsyncSession, claims: InvitationClaims, now: datetime) -> Invitation:
    """Raises `UnauthenticatedError` for one that was used, withdrawn or has ended."""
    mine = select(Invitation).where(Invitation.org_id == claims.org_id, Invitation.id == claims.invitation)
    row = await session.scalar(mine)
    if row is None or row.expires_at <= now:
        raise UnauthenticatedError("This invitation is not valid any more; ask for another one.")
    return row


async def make_user(session: AsyncSession, email: str, password_hash: str, now: datetime) -> int:
    """A user who signs in with this password; the id."""
    user = User(email=email, password_hash=password_hash, created_at=now)
    session.add(user)
    await session.flush()
    return user.id


async def join(session: AsyncSession, claims: InvitationClaims, user_id: int, now: datetime) -> None:
    """Use up the invitation, in the organisation's own session."""
    invitation = await find_invitation(session, claims, now)
    if await session.scalar(select(OrgUser.role).where(OrgUser.user_id == user_id)) is not None:
        raise ConflictError("You are a member of this organisation already.")
    session.add(OrgUser(user_id=user_id, role=invitation.role))
    await session.delete(invitation)
    session.add(
        AuditEntry(
            id=new_document_id(),
            at=now,
            user_id=user_id,
            action="invitation accepted",
            target=f"invitation/{invitation.id}",
            client="",
        )
    )
    await append_changes(session, [FeedChange(Kind.SETTINGS, "members")], now)
