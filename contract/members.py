"""Who belongs to an organisation, who is invited, and what the organisation has set."""

from typing import Annotated

from pydantic import Field, SecretStr

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
    `needsApproval`: whether somebody else must have approved a campaign before it is sent;
    `dailyCap`: mails per day (UTC) through all its accounts together, 0 = no limit;
    `timeZone`: the clock for contacts whose own zone is not known, such as Europe/Berlin; empty for none;
    `trackOpens`, `trackClicks`: whether mails carry what says that they were opened and links clicked,
    which takes a `publicUrl`, where recipients reach the server.
    """

    id: RowId
    name: str
    members_may_send: bool
    needs_approval: bool = False
    daily_cap: int = 0
    frequency_mails: int = 0
    frequency_days: int = 7
    time_zone: str = ""
    track_opens: bool = False
    track_clicks: bool = False
    public_url: str | None = None


class OrganisationPatch(Request):
    """What is absent stays."""

    name: Name | None = None
    members_may_send: bool | None = None
    needs_approval: bool | None = None
    daily_cap: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    frequency_mails: Annotated[int, Field(ge=0, le=1000)] | None = None
    frequency_days: Annotated[int, Field(ge=1, le=365)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None
    track_opens: bool | None = None
    track_clicks: bool | None = None


class OrganisationAnswer(Answer):
    """The organisation of this session."""

    org: Organisation
