"""Members and their roles. An organisation always keeps one owner."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select

from backend.db.feed import FeedChange
from backend.db.models.org import OrgUser, TokenFamily, User
from backend.work import Work
from contract.feed import Kind
from contract.members import Member
from contract.problems import ConflictError, ForbiddenError, MissingError
from contract.roles import Role

CHANGED = FeedChange(Kind.SETTINGS, "members")


def require_manager(work: Work, *roles: Role) -> None:
    """Raise `ForbiddenError` unless the actor may manage people of all these roles."""
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may manage members.")
    if Role.OWNER in roles and work.actor.role is not Role.OWNER:
        raise ForbiddenError("Only owners may manage owners.")


async def _addresses(work: Work, user_ids: Iterable[int]) -> dict[int, str]:
    """Of users whose membership was read inside the border."""
    query = select(User.id, User.email).where(User.id.in_(list(user_ids)))
    rows = await work.session.execute(query, execution_options={"unscoped": True})
    return {row.id: row.email for row in rows}


async def _to_wire(work: Work, rows: Iterable[OrgUser]) -> list[Member]:
    roles = {row.user_id: Role(row.role) for row in rows}
    addresses = await _addresses(work, roles)
    return [Member(id=str(user_id), email=addresses[user_id], role=role) for user_id, role in roles.items()]


async def all_members(work: Work) -> list[Member]:
    """By address."""
    members = await _to_wire(work, await work.session.scalars(select(OrgUser)))
    return sorted(members, key=lambda member: member.email)


async def _find(work: Work, user_id: str) -> OrgUser:
    number = int(user_id) if user_id.isascii() and user_id.isdigit() and len(user_id) < 19 else -1
    row = await work.session.scalar(select(OrgUser).where(OrgUser.user_id == number))
    if row is None:
        raise MissingError
    return row


async def _keep_an_owner(work: Work, leaving: OrgUser) -> None:
    if leaving.role != Role.OWNER:
        return
    owners = select(func.count()).select_from(OrgUser).where(OrgUser.role == Role.OWNER.value)
    if (await work.session.execute(owners)).scalar_one() == 1:
        raise ConflictError("An organisation always keeps one owner; make someone else an owner first.")


async def change_role(work: Work, user_id: str, role: Role) -> Member:
    """It holds from the member's next request on. Raises `ConflictError` for the last owner."""
    row = await _find(work, user_id)
    require_manager(work, Role(row.role), role)
    before = (await _to_wire(work, [row]))[0]
    if role is not before.role:
        await _keep_an_owner(work, row)
        row.role = role.value
        await work.session.flush()
    after = before.model_copy(update={"role": role})
    was, now = before.model_dump(mode="json"), after.model_dump(mode="json")
    work.changed("member role changed", CHANGED, was, now, target=f"user/{user_id}")
    return after


async def remove(work: Work, user_id: str) -> None:
    """Ends the membership and every session of it. Raises `ConflictError` for the last owner."""
    row = await _find(work, user_id)
    require_manager(work, Role(row.role))
    await _keep_an_owner(work, row)
    await work.session.execute(delete(TokenFamily).where(TokenFamily.user_id == row.user_id))
    await work.session.delete(row)
    await work.session.flush()
    work.changed("member removed", CHANGED, target=f"user/{row.user_id}")
