"""Access, refresh and invitation tokens: signed, with the organisation inside the signature.

Litestar's own JWT backend asks the system for the time; ours asks the injected clock, so that expiry can
be tested without waiting. A refresh token holds no secret of its own: its signature cannot be forged,
and which generation of its family still counts is in the database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import jwt

from backend.db.standing import Member
from backend.secret_key import SecretKeys

ACCESS_SECONDS = 15 * 60
REFRESH_DAYS = 60
_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """Whom an access token stands for; the role is read from the database on each request."""

    user_id: int
    org_id: int
    family: str

    @property
    def member(self) -> Member:
        """Whose standing the organisation is asked for."""
        return Member(self.user_id, self.family)


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """One generation of a family of refresh tokens."""

    org_id: int
    family: str
    generation: int


@dataclass(frozen=True, slots=True)
class InvitationClaims:
    """Which invitation; whether it still counts is in the database."""

    org_id: int
    invitation: str


class Tokens:
    """Makes and reads each kind. Reading gives None for anything forged, expired or of another kind."""

    def __init__(self, keys: SecretKeys) -> None:
        self._access = keys.derived("access-token")
        self._refresh = keys.derived("refresh-token")
        self._invitation = keys.derived("invitation-token")

    def access(self, claims: AccessClaims, now: datetime) -> str:
        """A token for `ACCESS_SECONDS`."""
        payload = {
            "sub": str(claims.user_id),
            "org": str(claims.org_id),
            "fam": claims.family,
            "exp": int((now + timedelta(seconds=ACCESS_SECONDS)).timestamp()),
        }
        return jwt.encode(payload, self._access[0], _ALGORITHM)

    def read_access(self, token: str, now: datetime) -> AccessClaims | None:
        payload = _decode(token, self._access, now)
        if payload is None:
            return None
        return AccessClaims(int(payload["sub"]), int(payload["org"]), payload["fam"])

    def refresh(self, claims: RefreshClaims, issued: datetime) -> str:
        """The token of this generation: the same arguments give the same token, letter for letter."""
        payload = {
            "org": str(claims.org_id),
            "fam": claims.family,
            "gen": str(claims.generation),
            "exp": int((issued + timedelta(days=REFRESH_DAYS)).timestamp()),
        }
        return jwt.encode(payload, self._refresh[0], _ALGORITHM)

    def read_refresh(self, token: str, now: datetime) -> RefreshClaims | None:
        payload = _decode(token, self._refresh, now)
        if payload is None:
            return None
        return RefreshClaims(int(payload["org"]), payload["fam"], int(payload["gen"]))

    def invitation(self, claims: InvitationClaims, expires_at: datetime) -> str:
        """What the invited person redeems."""
        payload = {
            "org": str(claims.org_id),
            "inv": claims.invitation,
            "exp": int(expires_at.timestamp()),
        }
        return jwt.encode(payload, self._invitation[0], _ALGORITHM)

    def read_invitation(self, token: str, now: datetime) -> InvitationClaims | None:
        payload = _decode(token, self._invitation, now)
        if payload is None:
            return None
        return InvitationClaims(int(payload["org"]), payload["inv"])


def _decode(token: str, keys: list[bytes], now: datetime) -> dict[str, str] | None:
    payload = next((found for key in keys if (found := _verified(token, key)) is not None), None)
    if payload is None:
        return None
    return payload if int(payload["exp"]) > now.timestamp() else None


@lru_cache(maxsize=256)
def _verified(token: str, key: bytes) -> dict[str, str] | None:
    """The payload if the signature is right, remembered because a client shows the same token all day."""
    try:
        payload: dict[str, str] = jwt.decode(
            token, key, [_ALGORITHM], options={"verify_exp": False, "require": ["exp"]}
        )
    except jwt.InvalidTokenError:
        return None
    return payload
