"""Whether the member behind a request still is one: read on every request, in its own transaction.

On PostgreSQL a function of the database enters the organisation, waits for the turn and reads the standing
in one trip (backend/db/entry.py calls it), because one by one they were most of what a short request took.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.org import Org, OrgUser, TokenFamily

MEMBER, STANDING = "member", "standing"
"""Names in `session.info`: who asks, and what the database said of them when the transaction began."""

Standing = Row[str, bool]
"""`role`, and whether the organisation's members may send."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who asks: a user, and the sign-in (family of tokens) that the request shows."""

    user_id: int
    family: str


_STANDING = (
    select(OrgUser.role, Org.members_may_send)
    .join(TokenFamily, TokenFamily.user_id == OrgUser.user_id)
    .join(Org, Org.id == OrgUser.org_id)
    .where(
        OrgUser.org_id == bindparam("org_id"),
        TokenFamily.org_id == bindparam("org_id"),
        OrgUser.user_id == bindparam("user_id"),
        TokenFamily.id == bindparam("family"),
        TokenFamily.revoked_at.is_(None),
    )
)
"""Built once: every request asks it."""

FUNCTION = """
CREATE OR REPLACE FUNCTION handbill_enter(org bigint, member bigint, sign_in text, writes boolean)
RETURNS TABLE (role text, members_may_send boolean) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('role', '{role}', true), set_config('app.org_id', org::text, true);
  IF writes THEN
    PERFORM pg_advisory_xact_lock({turn});
  END IF;
  RETURN QUERY
    SELECT m.role::text, o.members_may_send
    FROM org_user m
    JOIN token_family f ON f.org_id = m.org_id AND f.user_id = m.user_id
    JOIN org o ON o.id = m.org_id
    WHERE m.org_id = org AND m.user_id = member AND f.id = sign_in AND f.revoked_at IS NULL;
END $$
"""
"""With the caller's rights, so that the policies hold inside it; each statement in it sees what was committed
before it began, so that whoever waited for the turn reads the standing after the wait.
"""

ENTER = text("SELECT role, members_may_send FROM handbill_enter(:org_id, :user_id, :family, :writes)")


async def standing(session: AsyncSession, org_id: int, member: Member) -> Standing | None:
    """What the member may do here; None if the membership or the sign-in is over."""
    info: dict[str, Any] = session.info
    if info.get(MEMBER) == member and session.get_bind().dialect.name == "postgresql":
        _ = await session.connection(execution_options={"unscoped": True})  # begins the transaction
        found: Standing | None = info[STANDING]
        return found
    whose = {"org_id": org_id, "user_id": member.user_id, "family": member.family}
    return (await session.execute(_STANDING, whose, execution_options={"unscoped": True})).first()
