"""Accounts in trouble: how long they rest, and how a person learns of it.

A server that cannot be reached says nothing about a mail, so no attempt is used; the account rests, longer
each time, and goes on by itself as soon as it works again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update

from backend.db.engine import Database
from backend.delivery.accounts import Account, accounts
from backend.delivery.mailer import AccountTroubleError
from contract.clock import Clock

log = structlog.get_logger(__name__)

FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)


@dataclass(slots=True)
class _Rest:
    until: datetime
    failures: int


class AccountHealth:
    """`reasons`: why an account rests, by key."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._resting: dict[str, _Rest] = {}
        self.reasons: dict[str, str] = {}

    def rests_until(self, key: str) -> datetime | None:
        """None if it may be used now."""
        rest = self._resting.get(key)
        return rest.until if rest is not None and rest.until > self._clock.now() else None

    def reasons_in(self, org_id: int) -> list[str]:
        """Why accounts of this organisation rest."""
        return [reason for key, reason in self.reasons.items() if key.startswith(f"{org_id}:")]

    async def note_trouble(self, account: Account, trouble: AccountTroubleError) -> datetime:
        """When to try again. A refused sign-in waits the longest at once: only a person can help."""
        failures = (self._resting[account.key].failures if account.key in self._resting else 0) + 1
        delay = (
            LONGEST_REST if trouble.lasting else min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
        )
        self._resting[account.key] = _Rest(self._clock.now() + delay, failures)
        self.reasons[account.key] = trouble.reason
        log.warning("account_rests", account=account.key, seconds=delay.total_seconds())
        await self._show(account, trouble.reason)
        return self._resting[account.key].until

    async def note_success(self, account: Account) -> None:
        """It works (again)."""
        if self._resting.pop(account.key, None) is not None:
            self.reasons.pop(account.key, None)
            await self._show(account, None)

    async def _show(self, account: Account, reason: str | None) -> None:
        if account.id == 0:
            return
        async with self._database.system_writer() as session:
            connection = await session.connection()
            row = update(accounts).where(accounts.c.org_id == account.org_id, accounts.c.id == account.id)
            await connection.execute(row.values(paused_reason=reason))
