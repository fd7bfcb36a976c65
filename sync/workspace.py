"""What the client works on: the account in front of the person, and its connection.

Making it reads only the local file, through the standard library. `connect` then imports the heavy parts in
a thread, opens the writer, signs in and starts the engine; it never gives up, and nothing it does can keep a
person from reading or typing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from contract.clock import Clock
from localstore.folders import private_folder, remove_store
from localstore.peek import Peek
from localstore.records import DocKind, Draft
from sync.accounts import KnownAccount, forget_account, last_account, remember_account
from sync.embedded import Embedded
from sync.errors import OfflineError, SignedOutError
from sync.room import Room
from sync.sign_in import SignIn

if TYPE_CHECKING:
    from contract.auth import Session
    from localstore.store import Store
    from sync.api import Api
    from sync.editing import OpenDraft
    from sync.engine import SyncEngine
    from sync.secrets import Secrets

Key = tuple[DocKind, str]
RESTART_SECONDS = 20.0
"""How long an embedded backend may be gone before it is started again."""
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
        self.open_drafts: dict[Key, OpenDraft] = {}
        self.failed: Callable[[str], None] = lambda _: None
        self.mistaken: Callable[[Exception], None] = lambda _: None
        known = last_account(data, self.server)
        self._sign_in = SignIn(
            server=self.server, embedded=embedded, secrets=secrets, known=known, clock=clock, random=random
        )
        self._api: Api | None = None
        self._subscribers: list[Callable[[], None]] = []
        self._notified = False
        self._tasks: list[asyncio.Task[None]] = []
        self._store_ready = asyncio.Event()
        self._room = self._make_room(known) if known is not None else None

    def _make_room(self, known: KnownAccount) -> Room:
        return Room(
            known,
            self.data,
            clock=self.clock,
            random=self.random,
            changed=self.notify,
            said=self._say,
            mistaken=self._tell_mistake,
        )

    def _say(self, sentence: str) -> None:
        self.failed(sentence)

    def _tell_mistake(self, error: Exception) -> None:
        self.mistaken(error)

    # What services ask for

    @property
    def known(self) -> KnownAccount | None:
        """The account in front of the person."""
        return self._room.known if self._room is not None else None

    @property
    def peek(self) -> Peek | None:
        """Its file, for reading."""
        return self._room.peek if self._room is not None else None

    @property
    def engine(self) -> "SyncEngine | None":
        return self._room.engine if self._room is not None else None

    @property
    def signed_out(self) -> bool:
        """Whether only a person can make the connection work again."""
        lost = self.engine is not None and self.engine.connection == "signed out"
        return lost or self._sign_in.needs_person

    @property
    def offline(self) -> bool:
        """Whether the last attempt to reach the server failed."""
        if self.engine is None:
            return self.problem is not None
        return self.engine.connection == "offline"

    @property
    def problem(self) -> str | None:
        """Why there is no connection yet, in a sentence; None when there is one."""
        return self._sign_in.problem

    @property
    def connected(self) -> bool:
        """Whether the server answered last; a window that another one syncs for has signed in."""
        if self.engine is None:
            return self._api is not None
        return self.engine.connection == "online"

    async def store(self) -> "Store":
        """The writer; waits until it is open. Raises `SignedOutError` where nobody is signed in."""
        if self._room is None and self._sign_in.needs_person:
            raise SignedOutError
        await self._store_ready.wait()
        if self._room is None or self._room.store is None:
            message = "The local store is closed."
            raise RuntimeError(message)
        return self._room.store

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
        if self.engine is not None:
            self.engine.edited(*key)
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
        if self.engine is not None:
            self.engine.hurry()

    # Connecting

    def connect_behind(self) -> None:
        """Connect without making anyone wait."""
        self.start(self.connect())

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the screens; it ends with the workspace at the latest."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(work))

    async def connect(self) -> None:
        """Everything after the first paint; returns when this account is signed in."""
        await asyncio.to_thread(_import_heavy)
        if self._room is not None:
            await self._open_store(self._room)
        api, session = await self._sign_in.until_signed_in(self.notify, self.failed)
        await self._enter(api, session)
        if self.embedded is not None:
            self.start(self._keep_backend())

    async def _open_store(self, room: Room) -> None:
        await room.open()
        self._store_ready.set()
        self.notify()

    async def _enter(self, api: "Api", session: "Session") -> None:
        """The account of this session is the one in front of the person from now on."""
        known = KnownAccount(
            self.server, session.user.id, session.org.id, f"{session.user.email} · {session.org.name}"
        )
        if self._room is None or self._room.known.account != known.account:
            await self._leave()
            self._room = self._make_room(known)
            await self._open_store(self._room)
        self._api = api
        self._room.known = known
        self._sign_in.known = known
        self._sign_in.keep(session)
        remember_account(self.data, known)
        await self._room.serve(api, self._synced)
        self.notify()

    async def _leave(self) -> None:
        """Close the account in front of the person; its file stays as it is."""
        await self._close_drafts()
        self._store_ready.clear()
        room, self._room = self._room, None
        if room is not None:
            await room.close()
        if self._api is not None:
            await self._api.close()
            self._api = None

    async def _close_drafts(self) -> None:
        for draft in list(self.open_drafts.values()):
            with contextlib.suppress(Exception):
                await draft.close()
        self.open_drafts.clear()

    # Signing in and out by hand

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in as a person. Raises `ProblemError` and `TransportError`."""
        api, session = await self._sign_in.by_hand(email, password)
        if self._api is None:
            self._sign_in.hand_over(api, session)
            return
        known = self.known
        same = known is not None and (known.user_id, known.org_id) == (session.user.id, session.org.id)
        if same and self.engine is not None:
            self._api.take_over(session)
            self._sign_in.keep(session)
            await api.close()
            self.engine.signed_in()
            self.notify()
        else:
            await self._enter(api, session)

    async def sign_out(self, *, discard: bool = False) -> None:
        """Nobody is signed in afterwards. Drafts stay in their file until this person comes back."""
        api, known = self._api, self.known
        if api is not None:
            with contextlib.suppress(Exception):  # the server may be away; its session ends by itself
                await api.logout()
        await self._leave()
        if known is not None:
            forget_account(self.data, self.server)
            if discard:
                remove_store(known.account.file_in(self.data))
        self._sign_in.forget()
        self.notify()
        self.connect_behind()

    # Background

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
                    if self.engine is not None:
                        self.engine.signed_in()

    async def close(self) -> None:
        """Store what waits, stop the engine, let go of the files."""
        await self._close_drafts()
        if self._room is not None:
            await self._room.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._leave()
