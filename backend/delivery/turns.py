"""One pump's turns under its account's rate and caps: granted by the database, taken in order."""

import asyncio
from collections import deque
from datetime import datetime

from backend.db.engine import Database
from backend.delivery.accounts import Account
from backend.delivery.quotas import give_turns_back, grant
from contract.clock import Clock

GRANT = 50
GRANT_SECONDS = 0.5
"""Under a low rate fewer are asked for, so that nobody sits on turns that others could use."""


class CappedError(Exception):
    """No more mails today. `until`: when the next day begins."""

    def __init__(self, until: datetime) -> None:
        super().__init__("the daily cap is reached")
        self.until = until


class Turns:
    """For an account without limits it asks nobody."""

    def __init__(self, database: Database, clock: Clock, account: Account) -> None:
        self._database = database
        self._clock = clock
        self._account = account
        self._moments: deque[datetime] = deque()
        self._asking = asyncio.Lock()
        self._wanted = GRANT
        if account.rate > 0:
            self._wanted = max(1, min(GRANT, int(account.rate * GRANT_SECONDS)))

    async def take(self) -> None:
        """Return when one more mail may go; who asks first is served first. Raises `CappedError`."""
        if not self._account.is_limited:
            return
        async with self._asking:
            if not self._moments:
                await self._ask()
            moment = self._moments.popleft()
        delay = (moment - self._clock.now()).total_seconds()
        if delay > 0:
            await self._clock.sleep(delay)

    async def _ask(self) -> None:
        async with self._database.ledger_writer(self._account.org_id) as session:
            connection = await session.connection()
            granted = await grant(connection, self._account, self._wanted, self._clock.now())
        if granted.again is not None:
            raise CappedError(granted.again)
        self._moments.extend(granted.moments())

    async def close(self) -> None:
        """Give back what was not taken."""
        if not self._moments:
            return
        left = list(self._moments)
        self._moments.clear()
        async with self._database.ledger_writer(self._account.org_id) as session:
            await give_turns_back(await session.connection(), self._account, left)
