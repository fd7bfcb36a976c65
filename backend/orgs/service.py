"""Making organisations and members: local administration, not on the wire."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.entry import enter_organisation
from backend.db.feed import new_nonce
from backend.db.models.feed import FeedEntry, OrgFeed
from backend.db.models.org import Org, OrgUser, User
from contract.feed import Kind
from contract.problems import ConflictError, MissingError
from contract.roles import Role


async def _user(session: AsyncSession, email: str, password_hash: str, now: datetime) -> User:
    """The user with this address, made if there is none; an existing one keeps the password."""
    known = await session.scalar(select(User).where(User.email == email.strip().lower()))
    if known is not None:
        return known
    user = User(email=email.strip().lower(), password_hash=password_hash, created_at=now)
    session.add(user)
    await session.flush()
    return user


async def create_org(
    session: AsyncSession, name: str, owner_email: str, password_hash: str, now: datetime
) -> tuple[int, int]:
    """(organisation, owner). The feed begins with its first entry, so that it always has a head."""
    org = Org(name=name, created_at=now)
    session.add(org)
    owner = await _user(session, owner_email, password_hash, now)
    await session.flush()
    await enter_organisation(session, org.id)
    session.add(OrgFeed(org_id=org.id, seq=1))
    session.add(
        FeedEntry(org_id=org.id, seq=1, kind=Kind.SETTINGS.value, doc_id="", nonce=new_nonce(), at=now)
    )
    session.add(OrgUser(org_id=org.id, user_id=owner.id, role=Role.OWNER.value))
    await session.flush()
    return org.id, owner.id


async def add_user(
    session: AsyncSession, org_id: int, *, email: str, role: Role, password_hash: str, now: datetime
) -> int:
    """Make a user a member. Raises `MissingError`, `ConflictError`."""
    if await session.scalar(select(Org.id).where(Org.id == org_id)) is None:
        raise MissingError(f"there is no organisation {org_id}")
    await enter_organisation(session, org_id)
    user = await _user(session, email, password_hash, now)
    member = select(OrgUser.role).where(OrgUser.org_id == org_id, OrgUser.user_id == user.id)
    if await session.scalar(member) is not None:
        raise ConflictError("this user is a member already")
    session.add(OrgUser(org_id=org_id, user_id=user.id, role=role.value))
    await session.flush()
    return user.id
