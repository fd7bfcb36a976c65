"""Addresses that must never be written to, as every domain means them.

A suppression outlives the contact: whoever unsubscribed, was deleted and is imported again gets no mail.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact, Suppression
from backend.db.upserts import insert_into


def mail_address(email: str) -> str:
    """Two spellings of one mailbox are one address: lower case, the domain in its ASCII form."""
    local, at, domain = email.lower().rpartition("@")
    if domain.isascii():
        return f"{local}{at}{domain}"
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return f"{local}{at}{domain}"


def address_hash(email: str) -> str:
    """Under which a suppression is kept: the list itself then holds no addresses."""
    return hashlib.sha256(mail_address(email).encode()).hexdigest()


def suppression_insert(
    dialect: str, target: Table | type[Suppression], reason: str, now: datetime
) -> sqlite.Insert | postgresql.Insert:
    """Rows of `address_hash`, `contact_id` and `source_id`.

    One that stands already stays as it is, so a complaint never becomes less.
    """
    insert = insert_into(dialect, target)
    given = {
        "reason": reason,
        "since": now,
        "undone_at": None,
        "contact_id": insert.excluded.contact_id,
        "source_id": insert.excluded.source_id,
    }
    return insert.on_conflict_do_update(
        index_elements=["org_id", "address_hash"], set_=given, where=Suppression.undone_at.is_not(None)
    )


async def suppress_emails(
    session: AsyncSession, emails: Iterable[str], reason: str, now: datetime, source_id: str | None = None
) -> None:
    """In an organisation's write transaction. `source_id`: the campaign or sequence that it came of."""
    by_hash = {address_hash(email): email for email in emails}
    if not by_hash:
        return
    bearers = await bearers_of(session, by_hash.values())
    rows = [
        {
            "address_hash": hashed,
            "reason": reason,
            "since": now,
            "contact_id": bearers.get(hashed),
            "source_id": source_id,
        }
        for hashed in sorted(by_hash)
    ]
    statement = suppression_insert(session.get_bind().dialect.name, Suppression, reason, now)
    await session.execute(statement, rows)


async def bearers_of(session: AsyncSession, emails: Iterable[str]) -> dict[str, int]:
    """The contacts with these addresses, by the hash of the address."""
    spelt = {spelling for email in emails for spelling in (email, email.lower(), mail_address(email))}
    found = await session.execute(select(Contact.id, Contact.email).where(Contact.email.in_(spelt)))
    return {address_hash(row.email): row.id for row in found}


async def let_email_go(session: AsyncSession, email: str, reason: str, now: datetime) -> None:
    """Undo a suppression of this reason; of any other it stands."""
    mine = update(Suppression).where(
        Suppression.address_hash == address_hash(email),
        Suppression.reason == reason,
        Suppression.undone_at.is_(None),
    )
    await session.execute(mine.values(undone_at=now), execution_options={"synchronize_session": False})
