"""Virtual time for a whole system in one process: client engines, the backend, and the lines between them.

Time passes only when nothing else can happen. Database calls are made while everything else stands still,
so none is cut short by a moment that passes.
"""

import asyncio
import heapq
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import aiosqlite
import pytest
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection

from contract.clock import ManualClock


class VirtualClock(ManualClock):
    """The one time of a game."""

    async def quiet(self) -> None:
        """Until nothing can happen before time passes."""
        loop: Any = asyncio.get_running_loop()
        await asyncio.sleep(0)
        while loop._ready:
            await asyncio.sleep(0)

    async def play(self, seconds: float) -> None:
        """Let `seconds` pass; everybody who sleeps wakes at their own moment."""
        end = self._elapsed + seconds
        await self.quiet()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._elapsed, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await self.quiet()
        self._elapsed = end


class WrongClock:
    """Somebody's computer: the same seconds, another date. `offset` may change at any time."""

    def __init__(self, true: VirtualClock, offset: timedelta = timedelta()) -> None:
        self._true = true
        self.offset = offset

    def now(self) -> datetime:
        return self._true.now() + self.offset

    def monotonic(self) -> float:
        return self._true.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._true.sleep(seconds)


def _at_once(connection: aiosqlite.Connection, call: Callable[[], Any]) -> Any:
    """Run on the connection's own thread while the event loop stands still."""
    done, outcome = threading.Event(), []

    def run() -> None:
        try:
            outcome.append((call(), None))
        except BaseException as error:  # noqa: BLE001 - handed on to whoever asked
            outcome.append((None, error))
        finally:
            done.set()

    connection._tx.put_nowait((None, run))  # nobody waits for it, so no loop is woken from a thread
    done.wait()
    result, error = outcome[0]
    if error is not None:
        raise error
    return result


@pytest.fixture
def standstill(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a thread does for the process happens at one moment of virtual time."""

    async def execute(self: aiosqlite.Connection, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return _at_once(self, lambda: fn(*args, **kwargs))

    async def connect(self: aiosqlite.Connection) -> aiosqlite.Connection:
        if self._connection is None:
            self._connection = _at_once(self, self._connector)
        return self

    stop = aiosqlite.Connection.stop

    def stop_at_once(self: aiosqlite.Connection) -> Any:
        future = stop(self)
        self._thread.join()
        return future

    async def to_thread(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    def set_isolation_level(self: AsyncAdapt_aiosqlite_connection, level: str | None) -> None:
        driver: Any = self.driver_connection
        _at_once(driver, lambda: setattr(driver._conn, "isolation_level", level))

    monkeypatch.setattr(
        AsyncAdapt_aiosqlite_connection, "isolation_level", property(fset=set_isolation_level)
    )
    monkeypatch.setattr(asyncio, "to_thread", to_thread)
    monkeypatch.setattr(aiosqlite.Connection, "stop", stop_at_once)
    monkeypatch.setattr(aiosqlite.Connection, "_execute", execute)
    monkeypatch.setattr(aiosqlite.Connection, "_connect", connect)
