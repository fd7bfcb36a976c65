"""Signing in: what is asked and what is answered."""

from typing import Annotated

from pydantic import Field, SecretStr

from contract.roles import Role
from contract.wire import Answer, Request, RowId

Email = Annotated[str, Field(min_length=3, max_length=254)]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=1000)]


class Login(Request):
    """E-mail and password; `orgId` chooses among several organisations."""

    email: Email
    password: SecretStr
    org_id: RowId | None = None


class Bootstrap(Request):
    """The token the embedded backend left for its launcher."""

    token: SecretStr


class Refresh(Request):
    """A refresh token; each is good once, and 60 s longer for the same successor."""

    refresh_token: SecretStr


class PasswordChange(Request):
    """The present password and the one that replaces it. Every other session of the user ends."""

    password: SecretStr
    new_password: NewPassword


class Switch(Request):
    """Another organisation of the same user."""

    org_id: RowId


class UserInfo(Answer):
    """Who is signed in."""

    id: RowId
    email: str


class OrgInfo(Answer):
    """The organisation the session belongs to."""

    id: RowId
    name: str


class Me(Answer):
    """User, organisation and role of this session, and the organisations one may switch to."""

    user: UserInfo
    org: OrgInfo
    role: Role
    orgs: list[OrgInfo] = []


class Session(Answer):
    """Tokens and whom they stand for. `expiresIn` in seconds, for the access token."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: UserInfo
    org: OrgInfo
    role: Role
