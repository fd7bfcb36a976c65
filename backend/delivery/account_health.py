"""Accounts in trouble: how long they rest, and how a person learns of it.

A server that cannot be reached says nothing about a mail, so no attempt is used; the account rests, longer
each time, for all workers, and goes on by itself as soon as it works again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.engine import Database
from backend.db.models.quota import account_scope
from backend.delivery.accounts import Account
from backend.delivery.mailer import AccountTroubleError
from backend.delivery.outcomes import plain_words
from backend.delivery.quotas import locked_rows, quotas
from contract.clock import Clock

log = structlog.get_logger(__name__)

FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Health:
    """`rests_until` may be past; `failures` in a row since it last worked."""

    rests_until: datetime | None = None
    failures: int = 0


async def health_of(connection: AsyncConnection, account: Account) -> Health:
    """How the account is."""
    query = select(quotas.c.rests_until, quotas.c.failures).where(
        quotas.c.org_id == account.org_id, quotas.c.scope == account_scope(account.id)
    )
    row = (await connection.execute(query)).first()
    return Health(row.rests_until, row.failures) if row is not None else Health()


def _rest(trouble: AccountTroubleError, failures: int) -> timedelta:
    """A refused sign-in waits the longest at once: only a person can help."""
    return LONGEST_REST if trouble.lasting else min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)


async def note_trouble(
    database: Database, clock: Clock, account: Account, trouble: AccountTroubleError
) -> datetime:
    """When to try again. Workers that fail together are one failure."""
    now = clock.now()
    scope = account_scope(account.id)
    async with database.ledger_writer(account.org_id) as session:
        connection = await session.connection()
        row = (await connection.run_sync(locked_rows, account.org_id, [scope]))[scope]
        if row.rests_until is not None and row.rests_until > now:
            return row.rests_until  # type: ignore[no-any-return]
        failures = row.failures + 1
        until = now + _rest(trouble, failures)
        mine = update(quotas).where(quotas.c.org_id == account.org_id, quotas.c.scope == scope)
        reason = plain_words(trouble.reason)
        await connection.execute(mine.values(rests_until=until, failures=failures, reason=reason))
    log.warning("account_rests", account=account.key, seconds=(until - now).total_seconds())
    return until


async def note_success(database: Database, account: Account) -> None:
    """It works again."""
    async with database.ledger_writer(account.org_id) as session:
        connection = await session.connection()
        mine = update(quotas).where(
            quotas.c.org_id == account.org_id, quotas.c.scope == account_scope(account.id)
        )
        await connection.execute(mine.values(rests_until=None, failures=0, reason=None))
