"""Reading users and memberships: the only place that does."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.org import Org, OrgUser, TokenFamily, User
from contract.auth import OrgInfo, UserInfo
from contract.roles import Role


async def user_by_email(session: AsyncSession, email: str) -> User | None:
    """Whoever signs in with this address, in any spelling of case."""
    return await session.scalar(select(User).where(User.email == email.strip().lower()))


async def user_by_id(session: AsyncSession, user_id: int) -> User:
    """Whoever is signed in."""
    return (await session.scalars(select(User).where(User.id == user_id))).one()


async def memberships(session: AsyncSession, user_id: int) -> list[tuple[OrgInfo, Role]]:
    """The organisations of a user, oldest first."""
    rows = await session.execute(
        select(Org, OrgUser.role)
        .join(OrgUser, OrgUser.org_id == Org.id)
        .where(OrgUser.user_id == user_id)
        .order_by(Org.id)
    )
    return [(OrgInfo(id=str(org.id), name=org.name), Role(role)) for org, role in rows]


async def user_info(session: AsyncSession, user_id: int) -> UserInfo:
    """The user as shown."""
    email = await session.scalar(select(User.email).where(User.id == user_id))
    return UserInfo(id=str(user_id), email=email or "")


async def family(session: AsyncSession, org_id: int, family_id: str) -> TokenFamily | None:
    """The sign-in that tokens of this family descend from."""
    return await session.scalar(
        select(TokenFamily).where(TokenFamily.org_id == org_id, TokenFamily.id == family_id)
    )


async def first_organisation(session: AsyncSession) -> int | None:
    """The oldest organisation: the only one, where a person works alone."""
    return await session.scalar(select(Org.id).order_by(Org.id).limit(1))


async def first_owner(session: AsyncSession) -> int:
    """The oldest owner of this session's organisation: whom the bootstrap token stands for."""
    owners = select(OrgUser.user_id).where(OrgUser.role == Role.OWNER.value).order_by(OrgUser.user_id)
    return (await session.scalars(owners.limit(1))).one()
