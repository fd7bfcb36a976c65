"""The one loop that keeps this computer and the server alike.

It wakes for a timer, a save here, a person's wish, or a connection that works again, and never stops
trying. What it knows of the connection is the outcome of the last attempt, nothing else.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from random import Random

from contract.clock import Clock
from contract.problems import ProblemError, UnauthenticatedError
from localstore.records import DocKind
from localstore.rows import DocRow
from localstore.store import Store
from sync.api import Api
from sync.pull import Pull
from sync.push import Outcome, Push
from sync.schedule import BACKOFF_CAP_SECONDS, PULL_SECONDS, PUSHES_AT_ONCE, Typing, backoff
from sync.wire_errors import TransportError

Key = tuple[DocKind, str]
LAST_SECONDS = 1.0
"""How long a request that is out may delay the end of the program."""


class Connection(StrEnum):
    """The outcome of the last attempt."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    SIGNED_OUT = "signed out"


class SyncEngine:
    """Pushes and pulls until it is stopped. `changed` is called when something may read differently."""

    def __init__(
        self, store: Store, api: Api, clock: Clock, random: Random, changed: Callable[[], None]
    ) -> None:
        self._store = store
        self._push = Push(store, api, clock, random)
        self._pull = Pull(store, api)
        self._clock = clock
        self._random = random
        self._changed = changed
        self._typing: dict[Key, Typing] = {}
        self._out: set[Key] = set()
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pull_at = 0.0
        self._pulling = False
        self._failures = 0
        self._hurried = False
        self._stopping = False
        self.connection = Connection.UNKNOWN
        self.synced_at: float | None = None

    # What others tell the engine

    def edited(self, kind: DocKind, id: str) -> None:
        """A draft was saved here; it is pushed a second after the last of these."""
        now = self._clock.monotonic()
        typing = self._typing.setdefault((kind, id), Typing(now, now))
        typing.last = now
        self._wake.set()

    def hurry(self) -> None:
        """Push and pull at once, whatever the pauses say."""
        self._pull_at = 0.0
        self._hurried = True
        self._wake.set()

    def pull_soon(self) -> None:
        """The server said that there is something to pull."""
        self._pull_at = 0.0
        self._wake.set()

    # The loop

    async def run(self) -> None:
        """Until `stop`. What is under way gets a moment to write down how it ended."""
        while not self._stopping:
            wait = await self._turn()
            if not self._stopping:
                await self._rest(wait)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def stop(self) -> None:
        """End `run`, between transactions: a cancelled one would leave its connection behind."""
        self._stopping = True
        self._wake.set()

    async def _rest(self, seconds: float) -> None:
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        woken = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait({timer, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            woken.cancel()
        self._wake.clear()

    async def _turn(self) -> float:
        """Start what is due; seconds until something else will be."""
        hurried, self._hurried = self._hurried, False
        now = self._clock.monotonic()
        wait = PULL_SECONDS
        if self.connection is not Connection.SIGNED_OUT:
            for row in await self._store.unsettled():
                due = self._due_in(row, now, hurried=hurried)
                if due <= 0:
                    self._start_push((row.kind, row.id))
                else:
                    wait = min(wait, due)
        if self._pull_at <= now:
            self._start_pull()
        return min(wait, max(0.05, self._pull_at - now))

    def _due_in(self, row: DocRow, now: float, *, hurried: bool) -> float:
        """Seconds until this row is pushed; held rows wait for their person, deletions for their undo."""
        if (row.kind, row.id) in self._out or (row.hold is not None and row.flight is None):
            return PULL_SECONDS
        if hurried and row.mine is not None:
            return 0.0
        typing = self._typing.get((row.kind, row.id))
        pause = typing.due - now if typing is not None and row.flight is None else 0.0
        retry = min(row.next_attempt_at - self._clock.now().timestamp(), BACKOFF_CAP_SECONDS)
        return max(pause, retry)

    def _start(self, work: asyncio.Task[None]) -> None:
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)

    def _start_push(self, key: Key) -> None:
        if key not in self._out and len(self._out) < PUSHES_AT_ONCE:
            self._out.add(key)
            self._typing.pop(key, None)
            self._start(asyncio.create_task(self._push_one(key)))

    async def _push_one(self, key: Key) -> None:
        try:
            outcome = await self._push.push(*key)
        finally:
            self._out.discard(key)
        if outcome is Outcome.NOTHING:
            return  # such as a campaign whose segment must land first: that landing wakes us
        self._note(outcome)
        if outcome is Outcome.RESYNC:
            self._pull_at = 0.0
        self._changed()
        self._wake.set()

    def _note(self, outcome: Outcome) -> None:
        if outcome is Outcome.SIGNED_OUT:
            self.connection = Connection.SIGNED_OUT
        elif outcome is Outcome.OFFLINE:
            self._went_offline()
        else:
            self._went_online()

    def _went_offline(self) -> None:
        if self.connection is not Connection.OFFLINE:
            # Find out soon when it works again, not at the next regular pull.
            self._failures = 0
            self._pull_at = self._clock.monotonic() + 1.0
        self.connection = Connection.OFFLINE

    def _went_online(self) -> None:
        if self.connection is not Connection.ONLINE:
            self._failures = 0
            self._hurried = True
            self._wake.set()
        self.connection = Connection.ONLINE
        self.synced_at = self._clock.now().timestamp()

    def _start_pull(self) -> None:
        if not self._pulling:
            self._pulling = True
            self._pull_at = self._clock.monotonic() + PULL_SECONDS
            self._start(asyncio.create_task(self._pull_all()))

    async def _pull_all(self) -> None:
        try:
            await self._pull.pull()
            self._went_online()
        except UnauthenticatedError:
            self.connection = Connection.SIGNED_OUT
        except (TransportError, ProblemError):
            self._went_offline()
            self._failures += 1
            pause = 0.5 + min(backoff(self._failures, self._random), PULL_SECONDS)
            self._pull_at = self._clock.monotonic() + pause
        finally:
            self._pulling = False
        self._changed()
        self._wake.set()

    def signed_in(self) -> None:
        """The person signed in again: go on."""
        self.connection = Connection.UNKNOWN
        self.hurry()
