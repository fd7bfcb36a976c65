"""The time that all workers of one database agree on: the database's own.

Leases, due moments and rates are compared across hosts, whose clocks differ. A worker asks the database for
its time with every heartbeat and counts on from there by its monotonic clock, so that neither a wrong clock
nor one that is put right while it runs makes anything early, late or dead.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contract.clock import Clock


class DatabaseClock:
    """Shows this host's time until `agree` was awaited for the first time."""

    def __init__(self, host: Clock) -> None:
        self._host = host
        self._agreed: tuple[datetime, float] | None = None

    async def agree(self, connection: AsyncConnection) -> None:
        """Ask for the time; half of the way there and back has passed when it is known."""
        asked = self.monotonic()
        told = await connection.scalar(select(func.clock_timestamp()))
        heard = self.monotonic()
        if told is not None:
            self._agreed = (told, (asked + heard) / 2)

    def now(self) -> datetime:
        if self._agreed is None:
            return self._host.now()
        told, at = self._agreed
        return told + timedelta(seconds=self.monotonic() - at)

    def monotonic(self) -> float:
        return self._host.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._host.sleep(seconds)
