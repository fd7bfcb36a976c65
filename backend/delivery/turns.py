"""One pump's turns under its account's rate and caps: granted by the database, taken in order."""

import asyncio
from collections import deque
from datetime import datetime
from functools import partial

import structlog

from backend.db.engine import Database
from backend.delivery.accounts import Account
from backend.delivery.quotas import give_turns_back, grant
from contract.clock import Clock

log = structlog.get_logger(__name__)

GRANT = 50
GRANT_SECONDS = 0.5
"""Under a low rate fewer are asked for, so that nobody sits on turns that others could use."""


class CappedError(Exception):
    """No more mails today. `until`: when the next day begins."""

    def __init__(self, until: datetime) -> None:
        super().__init__("the daily cap is reached")
        self.until = until


class Turns:
    """For an account without limits it asks nobody. Never more than a grant is in hand."""

    def __init__(self, database: Database, clock: Clock, account: Account) -> None:
        self._database = database
        self._clock = clock
        self._account = account
        self._moments: deque[datetime] = deque()
        self._asking = asyncio.Lock()
        self._ahead: asyncio.Task[None] | None = None
        self._wanted = GRANT
        if account.rate > 0:
            self._wanted = max(1, min(GRANT, int(account.rate * GRANT_SECONDS)))

    async def take(self) -> None:
        """Return when one more mail may go; who asks first is served first. Raises `CappedError`."""
        if not self._account.is_limited:
            return
        while not self._moments:
            async with self._asking:
                if not self._moments:
                    await self._ask()
        moment = self._moments.popleft()
        self._ask_ahead()
        delay = (moment - self._clock.now()).total_seconds()
        if delay > 0:
            await self._clock.sleep(delay)

    def take_now(self) -> datetime | None:
        """A turn whose moment has come and that is in hand; None if there is no such. See `put_back`."""
        now = self._clock.now()
        if not self._account.is_limited:
            return now
        if not self._moments or self._moments[0] > now:
            return None
        moment = self._moments.popleft()
        self._ask_ahead()
        return moment

    def put_back(self, moment: datetime) -> None:
        """It was not used after all."""
        if self._account.is_limited:
            self._moments.appendleft(moment)

    def _ask_ahead(self) -> None:
        """When half is left, so that no lane waits for a transaction. Under a rate they wait anyway."""
        running = self._ahead is not None and not self._ahead.done()
        if not (self._account.rate or running or len(self._moments) > self._wanted // 2):
            self._ahead = asyncio.create_task(self._look_ahead())

    async def _look_ahead(self) -> None:
        try:
            async with self._asking:
                await self._ask()
        except CappedError:
            return
        except Exception as error:  # noqa: BLE001 - whoever needs a turn asks again, and is told
            log.warning("turns_not_asked_for", error=type(error).__name__)

    async def _ask(self) -> None:
        wanted = self._wanted - len(self._moments)
        ask = partial(grant, account=self._account, wanted=wanted, now=self._clock.now())
        granted = await self._database.write_ledger(ask, inside=self._account.org_id, thread="turns")
        if granted.again is not None:
            raise CappedError(granted.again)
        self._moments.extend(granted.moments())

    async def close(self) -> None:
        """Give back what was not taken."""
        if self._ahead is not None:
            await asyncio.wait([self._ahead])
        if not self._moments:
            return
        give_back = partial(give_turns_back, account=self._account, moments=list(self._moments))
        self._moments.clear()
        await self._database.write_ledger(give_back, inside=self._account.org_id, thread="turns")
