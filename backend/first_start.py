"""A person alone never sees a sign-in screen.

The embedded backend makes one organisation with one owner, and leaves a token in a file that only this
user can read; the launcher exchanges it for a session.
"""

import secrets
from pathlib import Path

from sqlalchemy import select

from backend.auth.passwords import Passwords
from backend.db.engine import Database
from backend.db.models.org import Org
from backend.orgs.service import create_org
from backend.secret_key import write_private
from contract.clock import Clock

ORG_NAME = "My organisation"
OWNER_EMAIL = "owner@localhost"


async def ensure_organisation(
    database: Database, passwords: Passwords, clock: Clock, *, demo: bool = False
) -> None:
    """Make the organisation if there is none, empty or with the demo in it.

    Nobody knows the owner's password; it can be set later.
    """
    async with database.system_reader() as session:
        if await session.scalar(select(Org.id).limit(1)) is not None:
            return
    password_hash = await passwords.hash(secrets.token_urlsafe(32))
    if demo:
        from backend.demo import ensure_demo

        await ensure_demo(database, password_hash, clock)
        return
    async with database.system_writer() as session:
        if await session.scalar(select(Org.id).limit(1)) is None:
            await create_org(session, ORG_NAME, OWNER_EMAIL, password_hash, clock.now())


def ensure_bootstrap_token(path: Path) -> None:
    """Leave the launcher's token, unless one is there."""
    if not path.exists() or not path.read_text(encoding="utf-8").strip():
        write_private(path, secrets.token_urlsafe(32))
