"""Time as a seam.

Schedules, back-off, leases and autosave all depend on time; a test that sleeps is slow and still wrong
now and then. So nobody here asks the system for the time: it is given, and tests give one they turn by hand.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the program may ask of time."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC: for what people see and for schedules."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never go back: for delays and time-outs."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` on `monotonic`."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class ManualClock:
    """A clock that stands still until `advance` is called; sleepers wake in order of their time."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float, settle: Callable[[], object] | None = None) -> None:
        """Let `seconds` pass, waking each sleeper at its own moment; `settle` is called after each."""
        end = self._elapsed + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._elapsed, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await _let_others_run()
            if settle is not None:
                settle()
        self._elapsed = end


async def _let_others_run() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
