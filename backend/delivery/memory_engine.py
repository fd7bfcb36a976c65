"""The engine of one process: jobs in memory, on the injected clock, so that it can be simulated."""

import asyncio
import heapq
import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog

from backend.delivery.engine import EngineStatus, Handler
from contract.clock import Clock

log = structlog.get_logger(__name__)

Job = tuple[str, str]


class MemoryEngine:
    """Nothing is kept over a restart; the first tick finds everything in the tables."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[Job, None] = {}
        self._running: dict[Job, asyncio.Task[None]] = {}
        self._timers: list[tuple[datetime, int, Job]] = []
        self._order = itertools.count()
        self._schedules: dict[str, float] = {}
        self._news = asyncio.Event()
        self._alarm: asyncio.Task[None] | None = None
        self._stopping = False

    def enqueue(self, name: str, key: str = "", at: datetime | None = None) -> None:
        if at is None or at <= self._clock.now():
            self._waiting[name, key] = None
        elif not any(job == (name, key) and moment <= at for moment, _, job in self._timers):
            heapq.heappush(self._timers, (at, next(self._order), (name, key)))
        self._news.set()

    def schedule(self, name: str, every_seconds: float) -> None:
        self._schedules[name] = every_seconds

    def status(self) -> EngineStatus:
        return EngineStatus(
            tuple(":".join(job) for job in self._running),
            tuple(":".join(job) for job in self._waiting),
            self._stopping,
        )

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        beats = [asyncio.create_task(self._repeat(name, every)) for name, every in self._schedules.items()]
        try:
            while not self._stopping:
                self._start_waiting(handlers)
                self._set_alarm()
                await self._news.wait()
                self._news.clear()
                self._ring()
            while self._running:
                await asyncio.wait(self._running.values())
        finally:
            await self._cancel([*beats, *self._running.values(), *([self._alarm] if self._alarm else [])])

    async def stop(self, seconds: float) -> None:
        self._stopping = True
        self._waiting.clear()
        self._news.set()
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=seconds)
            await self._cancel(late)

    async def _cancel(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        listed = list(tasks)
        for task in listed:
            task.cancel()
        await asyncio.gather(*listed, return_exceptions=True)

    def _start_waiting(self, handlers: Mapping[str, Handler]) -> None:
        ready = [job for job in self._waiting if job not in self._running]
        for job in ready:
            del self._waiting[job]
            self._running[job] = asyncio.create_task(self._work(job, handlers[job[0]]))

    async def _work(self, job: Job, handler: Handler) -> None:
        try:
            await handler(job[1])
        except Exception as error:  # noqa: BLE001 - the next tick looks again; an ended worker never would
            log.warning("job_failed", job=job[0], error=type(error).__name__, detail=str(error)[:200])
        finally:
            del self._running[job]
            self._news.set()

    async def _repeat(self, name: str, every: float) -> None:
        while True:
            self.enqueue(name)
            await self._clock.sleep(every)

    def _ring(self) -> None:
        now = self._clock.now()
        while self._timers and self._timers[0][0] <= now:
            self._waiting[heapq.heappop(self._timers)[2]] = None

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._timers:
            delay = (self._timers[0][0] - self._clock.now()).total_seconds()
            self._alarm = asyncio.create_task(self._wake_in(delay))

    async def _wake_in(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._news.set()
