"""Telling the workers of other processes, after a commit, that something may be due.

Best effort: a request never waits for it nor fails with it. Without it they find the work with their next
tick.
"""

import asyncio

import structlog
from sqlalchemy import text

from backend.db.engine import Database
from backend.delivery.jobs import TICK
from backend.delivery.postgres_engine import CHANNEL, hint

log = structlog.get_logger(__name__)

_NOTIFY = text("SELECT pg_notify(:channel, :words)")


class Nudge:
    """Calls that come while one is on its way are answered by one more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted = False
        self._sending: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        self._wanted = True
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while self._wanted:
            self._wanted = False
            try:
                async with self._database.system_writer() as session:
                    await session.execute(_NOTIFY, {"channel": CHANNEL, "words": hint(TICK)})
            except Exception as error:  # noqa: BLE001 - the next tick finds the work
                log.warning("nudge_failed", error=type(error).__name__)

    async def sent(self) -> None:
        """Return when nothing is on its way."""
        if self._sending is not None:
            await self._sending
