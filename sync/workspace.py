"""One account on this computer: its local store, its connection and its sync engine, in that order.

Opening it reads only the local file, through the standard library. `connect` then imports the heavy
parts in a thread, opens the writer, signs in and starts the engine; it never gives up, and nothing it
does can keep a person from reading or typing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from contract.clock import Clock
from localstore.folders import private_folder
from localstore.peek import Peek
from localstore.records import DocKind, Draft
from localstore.schema import prepare
from sync.accounts import KnownAccount, last_account, remember_account
from sync.embedded import Embedded
from sync.errors import OfflineError
from sync.sign_in import SignIn

if TYPE_CHECKING:
    from localstore.locks import ProcessLock
    from localstore.store import Store
    from sync.api import Api
    from sync.editing import OpenDraft
    from sync.engine import SyncEngine
    from sync.secrets import Secrets

Key = tuple[DocKind, str]
RESTART_SECONDS = 20.0
"""How long an embedded backend may be gone before it is started again."""

END_SECONDS = 3.0
"""How long the engine may take to stop."""
RUNNING = ("SCHEDULED", "SENDING", "ACTIVE")
"""Statuses in which the backend has something left to do."""


def _import_heavy() -> None:
    """What is not needed to paint: done once, off the event loop."""
    import sync.api
    import sync.editing
    import sync.engine
    import sync.poke  # noqa: F401


class Workspace:
    """See the module. `server` is `unix:...` for the embedded backend, else an address."""

    def __init__(
        self,
        data: Path,
        *,
        clock: Clock,
        random: Random,
        embedded: Embedded | None = None,
        server: str = "",
        secrets: "Secrets | None" = None,
    ) -> None:
        self.data = private_folder(data)
        self.embedded = embedded
        self.server = "embedded" if embedded is not None else server
        self.clock = clock
        self.random = random
        self.known: KnownAccount | None = last_account(data, self.server)
        self.peek: Peek | None = None
        self.open_drafts: dict[Key, OpenDraft] = {}
        self.failed: Callable[[str], None] = lambda _: None
        self._sign_in = SignIn(
            server=self.server,
            embedded=embedded,
            secrets=secrets,
            known=self.known,
            clock=clock,
            random=random,
        )
        self._api: Api | None = None
        self._store: Store | None = None
        self._engine: SyncEngine | None = None
        self._running: asyncio.Task[None] | None = None
        self._lock: ProcessLock | None = None
        self._subscribers: list[Callable[[], None]] = []
        self._notified = False
        self._tasks: list[asyncio.Task[None]] = []
        self._store_ready = asyncio.Event()
        if self.known is not None:
            self._open_file(self.known)

    def _open_file(self, known: KnownAccount) -> None:
        path = known.account.file_in(self.data)
        private_folder(path.parent)
        prepare(path)
        self.peek = Peek(path)

    # What services ask for

    @property
    def engine(self) -> "SyncEngine | None":
        return self._engine

    @property
    def signed_out(self) -> bool:
        """Whether only a person can make the connection work again."""
        lost = self._engine is not None and self._engine.connection == "signed out"
        return lost or self._sign_in.needs_person

    @property
    def offline(self) -> bool:
        """Whether the last attempt to reach the server failed."""
        if self._engine is None:
            return self.problem is not None
        return self._engine.connection == "offline"

    @property
    def problem(self) -> str | None:
        """Why there is no connection yet, in a sentence; None when there is one."""
        return self._sign_in.problem

    @property
    def connected(self) -> bool:
        """Whether the server answered last; a window that another one syncs for has signed in."""
        if self._engine is None:
            return self._api is not None
        return self._engine.connection == "online"

    async def store(self) -> "Store":
        """The writer; waits until it is open."""
        await self._store_ready.wait()
        if self._store is None:
            message = "The local store is closed."
            raise RuntimeError(message)
        return self._store

    def api(self) -> "Api":
        """The signed-in connection. Raises `OfflineError` before there is one."""
        if self._api is None:
            raise OfflineError
        return self._api

    def read(self, kind: DocKind, id: str) -> Draft | None:
        """One document as stored."""
        return self.peek.get(kind, id) if self.peek is not None else None

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` on the event loop after anything here may read differently."""
        self._subscribers.append(changed)
        return lambda: self._subscribers.remove(changed) if changed in self._subscribers else None

    def notify(self) -> None:
        """Tell the subscribers, once for any number of changes in a row."""
        if not self._notified:
            self._notified = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._notified = False
        for changed in list(self._subscribers):
            changed()

    def edited(self, key: Key) -> None:
        """A draft was saved here."""
        if self._engine is not None:
            self._engine.edited(*key)
        self.notify()

    def runs_on(self) -> list[str]:
        """Names of what the backend goes on with after the window is closed."""
        peek = self.peek
        documents = [*peek.documents(DocKind.CAMPAIGN), *peek.documents(DocKind.SEQUENCE)] if peek else []
        return [doc.name for doc in documents if doc.fields.get("status") in RUNNING]

    def hurry(self) -> None:
        """Push and pull now; an embedded backend that is gone is started."""
        if self.embedded is not None and self.offline:
            self.embedded.start()
        if self._engine is not None:
            self._engine.hurry()

    # Connecting

    def connect_behind(self) -> None:
        """Connect without making anyone wait."""
        self.start(self.connect())

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the screens; it ends with the workspace at the latest."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(work))

    async def connect(self) -> None:
        """Everything after the first paint; returns when the engine runs (or is another window's)."""
        await asyncio.to_thread(_import_heavy)
        if self.known is not None:
            self._open_store(self.known)
        self._api, session = await self._sign_in.until_signed_in(self.notify, self.failed)
        known = KnownAccount(
            self.server, session.user.id, session.org.id, f"{session.user.email} · {session.org.name}"
        )
        if self.known is None or self.known.account != known.account:
            await self._change_account(known)
        remember_account(self.data, known)
        self.known = known
        self.start(self._sync_when_elected())
        if self.embedded is not None:
            self.start(self._keep_backend())
        self.notify()

    def _open_store(self, known: KnownAccount) -> None:
        from localstore.store import Store

        self._store = Store(known.account.file_in(self.data), self.clock)
        self._store_ready.set()
        self.notify()

    async def _change_account(self, known: KnownAccount) -> None:
        if self._store is not None:
            self._store_ready.clear()
            await self._store.close()
        if self.peek is not None:
            self.peek.close()
        self._open_file(known)
        self._open_store(known)

    # Background

    async def _sync_when_elected(self) -> None:
        """One window of an account syncs; another takes over within a second when it ends."""
        from localstore.locks import sync_lock
        from sync.engine import SyncEngine
        from sync.poke import PokeListener

        store = await self.store()
        self._lock = sync_lock(store.path)
        seen = 0
        while not self._lock.try_acquire():
            await self.clock.sleep(0.25)
            if self.peek is not None and (version := self.peek.data_version()) != seen:
                seen = version
                self.notify()
        self._engine = SyncEngine(store, self.api(), self.clock, self.random, self._synced)
        self._engine.hurry()
        self.start(PokeListener(self.api(), self.clock, self.random, self._engine.pull_soon).run())
        self._running = asyncio.create_task(self._engine.run())
        await self._running

    def _synced(self) -> None:
        self.start(self._refresh_open())
        self.notify()

    async def _refresh_open(self) -> None:
        for draft in list(self.open_drafts.values()):
            await draft.refresh()
        self.notify()

    async def _keep_backend(self) -> None:
        """Start the embedded backend again if it stays away, and sign in anew where it forgot us."""
        away = 0.0
        while True:
            await self.clock.sleep(1.0)
            away = away + 1.0 if self.offline else 0.0
            if self.embedded is not None and away >= RESTART_SECONDS:
                away = 0.0
                await asyncio.to_thread(self.embedded.start)
            if self.signed_out and self.embedded is not None and self._api is not None:
                with contextlib.suppress(Exception):
                    await self._sign_in.sign_in(self._api)
                    if self._engine is not None:
                        self._engine.signed_in()

    async def close(self) -> None:
        """Store what waits, stop the engine, let go of the files."""
        for draft in list(self.open_drafts.values()):
            with contextlib.suppress(Exception):
                await draft.close()
        if self._engine is not None and self._running is not None:
            self._engine.stop()
            await asyncio.wait({self._running}, timeout=END_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._lock is not None:
            self._lock.release()
        if self._api is not None:
            await self._api.close()
        if self._store is not None:
            await self._store.close()
        if self.peek is not None:
            self.peek.close()
