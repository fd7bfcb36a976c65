"""One account on this computer: its file, the lock that says which window syncs, and the engine.

Opening it reads the file through the standard library only; everything heavy comes with `open`. Closing it
leaves nothing behind that another account could see.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from contract.clock import Clock
from localstore.folders import private_folder
from localstore.peek import Peek
from localstore.salvage import damaged, open_or_salvage, salvage
from sync.accounts import KnownAccount

if TYPE_CHECKING:
    from localstore.locks import ProcessLock
    from localstore.store import Store
    from sync.api import Api
    from sync.engine import SyncEngine

POLL_SECONDS = 0.25
QUIET_SECONDS = 5.0
"""Without a commit for so long, the log is moved into the file."""
END_SECONDS = 3.0
"""How long the engine may take to stop."""


class Room:
    """See the module. `changed` is called when something may read differently, `said` with a sentence.

    `mistaken`: see `SyncEngine`.
    """

    def __init__(
        self,
        known: KnownAccount,
        data: Path,
        *,
        clock: Clock,
        random: Random,
        changed: Callable[[], None],
        said: Callable[[str], None],
        mistaken: Callable[[Exception], None],
    ) -> None:
        self.known = known
        self._clock = clock
        self._random = random
        self._changed = changed
        self._said = said
        self._mistaken = mistaken
        self.path = known.account.file_in(data)
        private_folder(self.path.parent)
        self._salvaged = open_or_salvage(self.path)
        self.peek = Peek(self.path)
        self.engine: SyncEngine | None = None
        self.store: Store | None = None
        self._lock: ProcessLock | None = None
        self._elected = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> "Store":
        """Open the writer. Raises `ForeignStoreError` for a file that belongs to somebody else."""
        from localstore.locks import sync_lock
        from localstore.store import Store

        self._lock = sync_lock(self.path)
        if self._lock.try_acquire():
            self._elected.set()
            if await asyncio.to_thread(damaged, self.path):
                self.peek.close()
                self._salvaged = await asyncio.to_thread(salvage, self.path)
                self.peek = Peek(self.path)
        if self._salvaged is not None:
            self._said(self._salvaged.sentence)
        self.store = Store(self.path, self._clock)
        account = self.known.account
        await self.store.claim(f"{account.server} {account.user_id} {account.org_id}")
        self._tasks.append(asyncio.create_task(self._watch(self.store)))
        return self.store

    async def serve(self, api: "Api", synced: Callable[[], None]) -> None:
        """Sync with this connection once this window is the one that does; returns at once."""
        self._tasks.append(asyncio.create_task(self._sync(api, synced)))

    async def _sync(self, api: "Api", synced: Callable[[], None]) -> None:
        from sync.engine import SyncEngine
        from sync.poke import PokeListener

        await self._elected.wait()
        assert self.store is not None
        await self._greet_new_program(self.store)
        self.engine = SyncEngine(self.store, api, self._clock, self._random, synced, mistaken=self._mistaken)
        self.engine.hurry()
        poked = PokeListener(api, self._clock, self._random, self.engine.pull_soon)
        self._running = asyncio.create_task(self.engine.run())
        self._tasks += [asyncio.create_task(poked.run()), self._running]

    async def _greet_new_program(self, store: "Store") -> None:
        """What was refused may be taken from another version of this program."""
        from importlib.metadata import version

        from localstore.outbox import Outbox

        present = version("handbill")
        if (await store.meta()).get("program") not in (None, present):
            await Outbox(store).try_refused_again()
        await store.set_meta(program=present)

    async def _watch(self, store: "Store") -> None:
        """Take over when the syncing window ends, and see what other windows write."""
        seen, own, quiet_since, moved = self.peek.data_version(), store.commits, 0.0, False
        while True:
            await self._clock.sleep(POLL_SECONDS)
            if not self._elected.is_set() and self._lock is not None and self._lock.try_acquire():
                self._elected.set()
                self._changed()
            present = self.peek.data_version()
            if present != seen:
                others = store.commits == own
                seen, own, quiet_since, moved = present, store.commits, self._clock.monotonic(), False
                if self.engine is not None:
                    self.engine.noticed()
                if others:
                    self._changed()
            elif self._elected.is_set() and not moved:
                moved = await self._tidy(store, quiet_since)

    async def _tidy(self, store: "Store", quiet_since: float) -> bool:
        from localstore.engine import storage_sentence

        if self._clock.monotonic() - quiet_since < QUIET_SECONDS:
            return False
        try:
            await store.checkpoint()
        except Exception as error:
            if storage_sentence(error) is None:
                raise
        return True

    async def stop(self) -> None:
        """End the engine, between transactions."""
        if self.engine is not None and self._running is not None:
            self.engine.stop()
            await asyncio.wait({self._running}, timeout=END_SECONDS)

    async def close(self) -> None:
        """Stop, and let go of the files."""
        await self.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.store is not None:
            await self.store.close()
        if self._lock is not None:
            self._lock.release()
        self.peek.close()
