"""Transactions that are one call in a thread, for those who commit a hundred times a second.

Through an asyncio driver each statement goes to the event loop and back, between all that the loop has to do
at that moment; for short statements that costs several times what they do.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.engine import Connection, Engine

Result = TypeVar("Result")

RESTED = 1.0
"""After so many seconds without work the pool is asked for a connection that is surely alive."""


class Direct:
    """One connection, one thread. Whoever writes takes the writer's turn where there is one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._used = 0.0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="direct")

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Commit what `work` does, or nothing of it. Whoever is cancelled learns it when that is decided."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise

    def _transact(self, work: Callable[[Connection], Result]) -> Result:
        if time.monotonic() - self._used > RESTED:
            self._let_go()
        connection = self._connection = self._connection or self._engine.connect()
        try:
            with connection.begin():
                result = work(connection)
        except BaseException:
            self._let_go()
            raise
        self._used = time.monotonic()
        return result

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _end(self) -> None:
        self._let_go()
        self._engine.dispose()

    async def close(self) -> None:
        """Give the connection back."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown(wait=False)
