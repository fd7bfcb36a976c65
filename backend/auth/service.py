"""Signing in and staying signed in.

Each method is a transaction of its own: a failed sign-in and a revocation are kept although the answer
is an error.
"""

import hmac
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from backend.auth import changing, joining, queries
from backend.auth.passwords import Passwords
from backend.auth.throttle import LoginThrottle
from backend.auth.tokens import ACCESS_SECONDS, AccessClaims, RefreshClaims, Tokens
from backend.db.engine import Database
from backend.db.models.ledger import AuditEntry
from backend.db.models.org import TokenFamily
from contract.auth import Me, OrgInfo, Session
from contract.clock import Clock
from contract.ids import new_document_id
from contract.problems import ForbiddenError, UnauthenticatedError
from contract.roles import Role

GRACE = timedelta(seconds=60)
"""How long the token before the newest one still gives the same successor: an answer may get lost."""

_WRONG = "The e-mail address or the password is wrong."
_OVER = "This session is over; sign in again."


class Auth:
    """`bootstrap_path` is the file whose token the embedded backend's launcher exchanges."""

    def __init__(
        self, database: Database, tokens: Tokens, passwords: Passwords, clock: Clock, bootstrap_path: Path
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._passwords = passwords
        self._clock = clock
        self._bootstrap_path = bootstrap_path
        self._throttle = LoginThrottle()

    async def login(self, email: str, password: str, org_id: int | None, address: str) -> Session:
        """Raises `UnauthenticatedError`, the same for an unknown user and a wrong password."""
        now = self._clock.now()
        account = email.strip().lower()
        self._throttle.check(account, address, now)
        async with self._database.system_reader() as session:
            user = await queries.user_by_email(session, email)
        orgs = await self._memberships(user.id) if user else []
        if not await self._passwords.verify(password, user.password_hash if user else None):
            self._throttle.failed(account, address, now)
            await self._note_failure(orgs[0][0].id if orgs else None, account, now)
            raise UnauthenticatedError(_WRONG)
        chosen = next((org for org, _ in orgs if org_id is None or int(org.id) == org_id), None)
        if user is None or chosen is None:
            raise UnauthenticatedError("You are not a member of this organisation.")
        self._throttle.succeeded(account)
        return await self.open(int(chosen.id), user.id)

    async def _memberships(self, user_id: int) -> list[tuple[OrgInfo, Role]]:
        async with self._database.user_reader(user_id) as session:
            return await queries.memberships(session, user_id)

    async def _note_failure(self, org_id: str | None, account: str, now: datetime) -> None:
        if org_id is None:
            return
        async with self._database.writer(int(org_id)) as session:
            session.add(_audit("login failed", account, None, now))

    async def accept(self, token: str, password: str, address: str) -> Session:
        """Join with an invitation. Raises `UnauthenticatedError`.

        An account that exists keeps its password, and shows it: an invitation must not open it.
        """
        now = self._clock.now()
        claims = self._tokens.read_invitation(token, now)
        if claims is None:
            raise UnauthenticatedError("This invitation is not valid any more; ask for another one.")
        async with self._database.reader(claims.org_id) as session:
            email = (await joining.find_invitation(session, claims, now)).email
        user_id = await self._own_account(email, password, address, now)
        async with self._database.writer(claims.org_id) as session:
            await joining.join(session, claims, user_id, now)
        return await self.open(claims.org_id, user_id)

    async def _own_account(self, email: str, password: str, address: str, now: datetime) -> int:
        """The account of this address, made with the password if there is none."""
        self._throttle.check(email, address, now)
        async with self._database.system_reader() as session:
            user = await queries.user_by_email(session, email)
        if user is None:
            hashed = await self._passwords.hash(password)
            async with self._database.system_writer() as session:
                return await joining.make_user(session, email, hashed, now)
        if not await self._passwords.verify(password, user.password_hash):
            self._throttle.failed(email, address, now)
            raise UnauthenticatedError("You have an account already: its password is wrong.")
        return user.id

    async def bootstrap(self, token: str) -> Session:
        """Exchange the launcher's token for a session of the first owner."""
        try:
            kept = self._bootstrap_path.read_text(encoding="utf-8").strip()
        except OSError:
            kept = ""
        if not kept or not hmac.compare_digest(kept.encode(), token.encode()):
            raise UnauthenticatedError("This token is not valid.")
        async with self._database.system_reader() as session:
            org_id = await queries.first_organisation(session)
        if org_id is None:
            raise UnauthenticatedError("There is no organisation yet.")
        async with self._database.reader(org_id) as session:
            owner = await queries.first_owner(session)
        return await self.open(org_id, owner)

    async def open(self, org_id: int, user_id: int) -> Session:
        """A new family of tokens for a member."""
        now = self._clock.now()
        async with self._database.writer(org_id) as session:
            family = TokenFamily(
                id=new_document_id(), user_id=user_id, generation=1, rotated_at=now, created_at=now
            )
            session.add(family)
            session.add(_audit("login", f"user/{user_id}", user_id, now))
        return await self._session(family, now)

    async def refresh(self, token: str) -> Session:
        """The next generation; a token used again after the grace ends its whole family."""
        now = self._clock.now()
        claims = self._tokens.read_refresh(token, now)
        if claims is None:
            raise UnauthenticatedError(_OVER)
        async with self._database.writer(claims.org_id) as session:
            family = await _rotate(session, claims, now)
        if family is None:
            raise UnauthenticatedError(_OVER)
        return await self._session(family, now)

    async def logout(self, claims: AccessClaims) -> None:
        """End the family, and with it every access token that came from it."""
        now = self._clock.now()
        async with self._database.writer(claims.org_id) as session:
            family = await queries.family(session, claims.org_id, claims.family)
            if family is not None:
                family.revoked_at = now
            session.add(_audit("logout", f"user/{claims.user_id}", claims.user_id, now))

    async def change_password(self, claims: AccessClaims, current: str, new: str, address: str) -> None:
        """Raises `ForbiddenError` unless the present password is shown; all other sessions end."""
        now = self._clock.now()
        async with self._database.system_reader() as session:
            user = await queries.user_by_id(session, claims.user_id)
        self._throttle.check(user.email, address, now)
        if not await self._passwords.verify(current, user.password_hash):
            self._throttle.failed(user.email, address, now)
            raise ForbiddenError("The present password is wrong.")
        hashed = await self._passwords.hash(new)
        await changing.set_password(self._database, user.id, hashed, now, keep=claims.family)

    async def switch(self, claims: AccessClaims, org_id: int) -> Session:
        """A session in another organisation of the same user."""
        await self.me(claims)
        orgs = await self._memberships(claims.user_id)
        if all(int(org.id) != org_id for org, _ in orgs):
            raise ForbiddenError("You are not a member of this organisation.")
        return await self.open(org_id, claims.user_id)

    async def me(self, claims: AccessClaims) -> Me:
        async with self._database.user_reader(claims.user_id, claims.org_id) as session:
            family = await queries.family(session, claims.org_id, claims.family)
            orgs = await queries.memberships(session, claims.user_id)
            user = await queries.user_info(session, claims.user_id)
        here = next(((org, role) for org, role in orgs if int(org.id) == claims.org_id), None)
        if here is None or family is None or family.revoked_at is not None:
            raise UnauthenticatedError(_OVER)
        return Me(user=user, org=here[0], role=here[1], orgs=[org for org, _ in orgs])

    async def _session(self, family: TokenFamily, now: datetime) -> Session:
        access = AccessClaims(family.user_id, family.org_id, family.id)
        me = await self.me(access)
        newest = RefreshClaims(family.org_id, family.id, family.generation)
        return Session(
            access_token=self._tokens.access(access, now),
            refresh_token=self._tokens.refresh(newest, family.rotated_at),
            expires_in=ACCESS_SECONDS,
            user=me.user,
            org=me.org,
            role=me.role,
        )


async def _rotate(session: AsyncSession, claims: RefreshClaims, now: datetime) -> TokenFamily | None:
    """The family after this use, or None if it is over. A reuse revokes it, which is committed."""
    family = await queries.family(session, claims.org_id, claims.family)
    if family is None or family.revoked_at is not None:
        return None
    if claims.generation == family.generation:
        family.generation += 1
        family.rotated_at = now
        return family
    if claims.generation == family.generation - 1 and now <= family.rotated_at + GRACE:
        return family
    family.revoked_at = now
    session.add(_audit("refresh token reused", f"user/{family.user_id}", family.user_id, now))
    return None


def _audit(action: str, target: str, user_id: int | None, now: datetime) -> AuditEntry:
    return AuditEntry(id=new_document_id(), at=now, user_id=user_id, action=action, target=target, client="")
