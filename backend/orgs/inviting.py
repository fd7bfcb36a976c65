"""Inviting people. The token is signed and not kept; the row says whether it still counts."""

from datetime import timedelta

from sqlalchemy import delete, select

from backend.auth.tokens import InvitationClaims, Tokens
from backend.db.models.org import Invitation, OrgUser, User
from backend.orgs.members import CHANGED, require_manager
from backend.work import Work
from contract.ids import new_document_id
from contract.members import Invitation as InvitationWire
from contract.members import InvitationAnswer, MemberInvite
from contract.problems import ConflictError, InvalidError, MissingError
from contract.roles import Role

GOOD_FOR = timedelta(days=7)


def _address(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise InvalidError.at("email", "this is not an e-mail address") from None


def _to_wire(row: Invitation) -> InvitationWire:
    return InvitationWire(id=row.id, email=row.email, role=Role(row.role), expires_at=row.expires_at)


async def open_invitations(work: Work) -> list[InvitationWire]:
    """Those that can still be accepted, by address."""
    query = select(Invitation).where(Invitation.expires_at > work.now).order_by(Invitation.email)
    return [_to_wire(row) for row in await work.session.scalars(query)]


async def _refuse_members(work: Work, address: str) -> None:
    user = select(User.id).where(User.email == address)
    user_id = await work.session.scalar(user, execution_options={"unscoped": True})
    if user_id is None:
        return
    if await work.session.scalar(select(OrgUser.role).where(OrgUser.user_id == user_id)) is not None:
        raise ConflictError("This person is a member already.")


async def invite(work: Work, data: MemberInvite) -> InvitationAnswer:
    """Raises `ConflictError` for a member. An earlier invitation of the same address ends."""
    require_manager(work, data.role)
    address = _address(data.email)
    await _refuse_members(work, address)
    await work.session.execute(delete(Invitation).where(Invitation.email == address))
    row = Invitation(
        id=new_document_id(),
        email=address,
        role=data.role.value,
        invited_by=work.actor.user_id,
        created_at=work.now,
        expires_at=work.now + GOOD_FOR,
    )
    work.session.add(row)
    await work.session.flush()
    work.changed("member invited", CHANGED, target=f"invitation/{row.id}")
    claims = InvitationClaims(work.actor.org_id, row.id)
    return InvitationAnswer(
        invitation=_to_wire(row), token=Tokens(work.keys).invitation(claims, row.expires_at)
    )


async def withdraw(work: Work, invitation_id: str) -> None:
    """Its token counts no more. Raises `MissingError`."""
    row = await work.session.scalar(select(Invitation).where(Invitation.id == invitation_id))
    if row is None:
        raise MissingError
    require_manager(work, Role(row.role))
    await work.session.delete(row)
    await work.session.flush()
    work.changed("invitation withdrawn", CHANGED, target=f"invitation/{row.id}")
