"""Who belongs to an organisation, who is invited, and what the organisation has set."""

from pydantic import SecretStr

from contract.auth import Email, NewPassword
from contract.roles import Role
from contract.wire import Answer, DocumentId, Name, Request, RowId, Timestamp


class Member(Answer):
    """A user in this organisation."""

    id: RowId
    email: str
    role: Role


class Invitation(Answer):
    """An address that was invited and has not joined yet."""

    id: DocumentId
    email: str
    role: Role
    expires_at: Timestamp


class MemberList(Answer):
    """Everyone, by address. There are no pages: a team is not that large."""

    members: list[Member]
    invitations: list[Invitation]


class MemberInvite(Request):
    """Whom to invite. Inviting an address again replaces its earlier invitation."""

    email: Email
    role: Role = Role.MEMBER


class MemberPatch(Request):
    """Another role."""

    role: Role


class MemberAnswer(Answer):
    """One member."""

    member: Member


class InvitationAnswer(Answer):
    """The invitation, and the token for the invited person. The token is not shown again."""

    invitation: Invitation
    token: str


class AcceptInvitation(Request):
    """The token, and a password: a new one, or the present one of whoever has an account already."""

    token: SecretStr
    password: NewPassword


class Organisation(Answer):
    """What the organisation has set. `membersMaySend`: whether members send and schedule campaigns;
    `needsApproval`: whether somebody else must have approved a campaign before it is sent.
    """

    id: RowId
    name: str
    members_may_send: bool
    needs_approval: bool = False


class OrganisationPatch(Request):
    """What is absent stays."""

    name: Name | None = None
    members_may_send: bool | None = None
    needs_approval: bool | None = None


class OrganisationAnswer(Answer):
    """The organisation of this session."""

    org: Organisation
