"""The one loop that keeps this computer and the server alike.

It wakes for a timer, a save here, a person's wish, or a connection that works again, and never stops
trying: neither a server that is away nor a disk that is full ends it. What it knows of the connection is
the outcome of the last attempt, nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from random import Random

from contract.clock import Clock
from contract.problems import ProblemError, UnauthenticatedError
from localstore.engine import storage_sentence
from localstore.inbox import MassDeletionError
from localstore.outbox import Outbox
from localstore.records import DocKind
from localstore.store import Store
from sync.agenda import Agenda, Key
from sync.api import Api
from sync.member_push import MemberPush
from sync.pull import Pull
from sync.push import Outcome, Push
from sync.schedule import PULL_SECONDS, PUSHES_AT_ONCE, backoff
from sync.wire_errors import TransportError

LAST_SECONDS = 1.0
"""How long a request that is out may delay the end of the program."""
TROUBLE_SECONDS = 2.0
"""How long to wait when this computer cannot store what came."""


class Connection(StrEnum):
    """The outcome of the last attempt."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    SIGNED_OUT = "signed out"


def _raise(error: Exception) -> None:
    raise error


class SyncEngine:
    """Pushes and pulls until it is stopped.

    `changed` is called when something may read differently, `mistaken` once for each kind of error that
    nobody foresaw: what waits is safe on this computer, and is tried again.
    """

    def __init__(
        self,
        store: Store,
        api: Api,
        clock: Clock,
        random: Random,
        changed: Callable[[], None],
        *,
        mistaken: Callable[[Exception], None] = _raise,
    ) -> None:
        self._store = store
        self._push = Push(store, api, clock, random)
        self._pull = Pull(store, api)
        self._members = MemberPush(store, api)
        self._clock = clock
        self._random = random
        self._changed = changed
        self._agenda = Agenda(clock)
        self._out: set[Key] = set()
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._pull_at = 0.0
        self._pulling = False
        self._failures = 0
        self._hurried = False
        self._looked_elsewhere = False
        self._begun = False
        self._stopping = False
        self.connection = Connection.UNKNOWN
        self.synced_at: float | None = None
        self.trouble: str | None = None
        """Why this computer cannot store."""
        self._mistaken = mistaken
        self._seen: set[type[Exception]] = set()

    # What others tell the engine

    def edited(self, kind: DocKind, id: str) -> None:
        """A draft was saved here; it is pushed a second after the last of these."""
        self._agenda.edited((kind, id))
        self._wake.set()

    def noticed(self) -> None:
        """Another window wrote to the file."""
        self._looked_elsewhere = True
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

    def signed_in(self) -> None:
        """The person signed in again: go on."""
        self.connection = Connection.UNKNOWN
        self.hurry()

    @property
    def resting(self) -> bool:
        """Whether nothing is under way."""
        return not self._tasks

    # The loop

    async def run(self) -> None:
        """Until `stop`. What is under way gets a moment to write down how it ended."""
        while not self._stopping:
            wait = TROUBLE_SECONDS
            async with _Storing(self):
                await self._begin()
                wait = await self._turn()
            if not self._stopping:
                await self._rest(wait)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _begin(self) -> None:
        if not self._begun:
            await self._pull.remember_place()
            self._begun = True

    def _unforeseen(self, error: Exception) -> None:
        if type(error) not in self._seen:
            self._seen.add(type(error))
            self._mistaken(error)

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
        wait = PULL_SECONDS
        rows = await self._store.due()
        if self._looked_elsewhere:
            self._looked_elsewhere = False
            self._agenda.noticed(rows)
        self._agenda.look(rows)
        signed_in = self.connection is not Connection.SIGNED_OUT
        for row in rows if signed_in else []:
            key = (row.kind, row.id)
            due = PULL_SECONDS if key in self._out else self._agenda.due_in(row, hurried=hurried)
            if due <= 0:
                self._start_push(key)
            else:
                wait = min(wait, due)
        now = self._clock.monotonic()
        if self._pull_at <= now and signed_in:
            self._start_pull()
        return min(wait, max(0.05, self._pull_at - now))

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _start_push(self, key: Key) -> None:
        if key not in self._out and len(self._out) < PUSHES_AT_ONCE:
            self._out.add(key)
            self._agenda.left(key)
            self._start(self._push_one(key))

    async def _push_one(self, key: Key) -> None:
        outcome = Outcome.NOTHING
        try:
            async with _Storing(self):
                outcome = await self._attempt(key)
        finally:
            self._out.discard(key)
        if outcome is Outcome.NOTHING:
            return  # such as a campaign whose segment must land first: that landing wakes us
        self._note(outcome)
        if outcome is Outcome.RESYNC:
            self._pull_at = 0.0
        self._changed()
        self._wake.set()

    async def _attempt(self, key: Key) -> Outcome:
        """One attempt; a mistake of ours about one document must not stop the others."""
        try:
            return await self._push.push(*key)
        except Exception as error:
            if storage_sentence(error) is not None:
                raise
            row = await self._store.row(*key)
            if row is not None:
                wait = backoff(row.attempts + 3, self._random)
                until = self._clock.now().timestamp() + wait
                await Outbox(self._store).postpone(row, f"{type(error).__name__}: {error}", until)
            return Outcome.LATER

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
            self._start(self._pull_all())

    async def _pull_all(self) -> None:
        try:
            async with _Storing(self):
                await self._pull_once()
        finally:
            self._pulling = False
        self._changed()
        self._wake.set()

    async def _pull_once(self) -> None:
        try:
            await self._pull.pull()
            await self._members.push()
            self._went_online()
        except MassDeletionError:
            self._went_online()  # it waits for the person; pushes go on
        except UnauthenticatedError:
            self.connection = Connection.SIGNED_OUT
        except (TransportError, ProblemError):
            self._went_offline()
            self._failures += 1
            pause = 0.5 + min(backoff(self._failures, self._random), PULL_SECONDS)
            self._pull_at = self._clock.monotonic() + pause


class _Storing:
    """What goes wrong inside is said, and tried again whatever it is: syncing never ends by itself.

    `trouble` says why this computer cannot store, until something could be stored again.
    """

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False
        sentence = storage_sentence(error) if error is not None else None
        if error is not None and sentence is None:
            self._engine._unforeseen(error)  # noqa: SLF001 - a part of the engine
        elif sentence != self._engine.trouble:
            self._engine.trouble = sentence
            self._engine._changed()  # noqa: SLF001 - a part of the engine
        return True
