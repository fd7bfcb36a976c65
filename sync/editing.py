"""Autosave for every kind of document: a keystroke is on the disk within a tenth of a second.

The first key after a pause is stored at once; while typing goes on, what changed is stored in the next
100 ms slot. The slots belong to the draft, not to a screen, so leaving a screen cancels nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from contract.clock import Clock
from localstore.engine import storage_sentence
from localstore.locks import ProcessLock
from localstore.records import DocKind, Draft
from localstore.rows import DocRow, dump
from localstore.store import StaleEditError, Store
from localstore.undo_line import NO_LINE, UndoMove
from sync.errors import NotSavedError, ServiceError
from sync.on_top import Typed, put_on_top

SLOT_SECONDS = 0.1
RETRY_SECONDS = 2.0

Json = dict[str, Any]
Key = tuple[DocKind, str]
Read = Callable[[DocKind, str], Draft | None]


class OpenDraft:
    """One draft that is being edited. `told` is called after every change of its state."""

    def __init__(
        self,
        draft: Draft,
        seq: int,
        *,
        store: Store,
        lock: ProcessLock,
        clock: Clock,
        saved: Callable[[Key], None],
        told: Callable[[], None],
        read: Read,
    ) -> None:
        self._draft = draft
        self._seq = seq
        self._store = store
        self._lock = lock
        self._clock = clock
        self._saved = saved
        self._told = told
        self._read = read
        self._last = draft.content
        self._pending: Json | None = None
        self._undo: UndoMove | None = None
        self.undo_line = NO_LINE
        self._last_save = float("-inf")
        self._slot: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self.not_saved: str | None = None
        self.closed: Callable[[], None] = lambda: None

    @property
    def key(self) -> Key:
        return self._draft.kind, self._draft.id

    @property
    def typing(self) -> bool:
        """Whether words wait for their slot."""
        return self._pending is not None

    @property
    def draft(self) -> Draft:
        """The draft with unsaved words; its state and facts are read anew each time."""
        stored = self._read(*self.key)
        content = self._draft.content
        if stored is None:
            return self._draft
        return Draft(stored.kind, stored.id, content, stored.facts, stored.state, stored.deleted)

    async def change(self, content: Json, undo: UndoMove | None = None) -> None:
        """Take new content; see the module. A failure to store is shown by the badge and retried."""
        self._undo = self._undo.then(undo) if self._undo and undo else undo or self._undo
        self._draft = Draft(self._draft.kind, self._draft.id, content, self._draft.facts, self._draft.state)
        self._pending = content
        wait = self._last_save + SLOT_SECONDS - self._clock.monotonic()
        if wait <= 0 and self._slot is None:
            await self._write()
            return
        self._told()
        if self._slot is None:
            self._slot = asyncio.create_task(self._write_later(wait))

    async def _write_later(self, wait: float) -> None:
        await self._clock.sleep(wait)
        self._slot = None
        await self._write()

    async def _write(self) -> None:
        async with self._writing:
            content = self._pending
            if content is None:
                return
            self._last_save = self._clock.monotonic()
            try:
                stored, seq = await self._put(content)
            except Exception as error:
                sentence = storage_sentence(error)
                if sentence is None:
                    raise
                self._failed(sentence)
                return
            self._settle(content, stored, seq)
        self._saved(self.key)

    async def _put(self, content: Json) -> tuple[Json, int]:
        """Store it, on top of whatever took the place of what it was typed on; what is stored now."""
        while True:
            undo = self._undo
            with contextlib.suppress(StaleEditError):
                seq = await self._store.save(*self.key, content, self._seq, undo)
                if self._undo is undo:
                    self._undo = None
                return content, seq
            with contextlib.suppress(StaleEditError):
                return await put_on_top(self._store, *self.key, Typed(content, self._last, self._seq))

    def _settle(self, content: Json, stored: Json, seq: int) -> None:
        """Words typed meanwhile grew from `content`. If something else is stored now, they still have to
        be put on top of it, so what they are known to have grown from stays as it was.
        """
        self.not_saved = None
        if self._pending is content:
            self._pending = None
        elif stored is not content:
            return
        self._last, self._seq = stored, seq
        if stored is not content:
            self._draft = Draft(*self.key, stored, self._draft.facts, self._draft.state)

    def _failed(self, sentence: str) -> None:
        self.not_saved = sentence
        self._told()
        if self._slot is None:
            self._slot = asyncio.create_task(self._write_later(RETRY_SECONDS))

    async def flush(self) -> None:
        """Store what waits. Raises `NotSavedError` if it cannot be stored."""
        if self._pending is not None:
            await self._write()
        if self.not_saved is not None:
            message = f"Not saved: {self.not_saved}. Your words are still in memory."
            raise NotSavedError(message)

    async def close(self) -> None:
        """Flush and let go of the draft."""
        try:
            await self.flush()
        finally:
            if self._slot is not None:
                self._slot.cancel()
                self._slot = None
            self._lock.release()
            self.closed()

    async def refresh(self) -> bool:
        """Take over what was merged or pulled while nothing waits here; whether it differs."""
        async with self._writing:
            row = await self._store.row(*self.key)
            return row is not None and self._take(row)

    def _take(self, row: DocRow) -> bool:
        if self._pending is not None or row.mine is None or row.mine_seq == self._seq:
            return False
        self._seq, self._last = row.mine_seq, row.mine
        differs = dump(row.mine) != dump(self._draft.content)
        if differs:
            self._draft = Draft(*self.key, row.mine, row.facts, self._draft.state)
        return differs


async def open_draft(
    draft: Draft,
    *,
    store: Store,
    lock: ProcessLock,
    clock: Clock,
    saved: Callable[[Key], None],
    told: Callable[[], None],
    read: Read,
) -> OpenDraft:
    """Open a draft for editing. Raises `ServiceError` if it is gone or open in another window."""
    if not lock.try_acquire():
        message = "This draft is open in another window; close it there, or read it here."
        raise ServiceError(message)
    row = await store.row(draft.kind, draft.id)
    if row is None or row.mine is None:
        lock.release()
        message = "This document no longer exists."
        raise ServiceError(message)
    fresh = Draft(draft.kind, draft.id, row.mine, row.facts, draft.state)
    opened = OpenDraft(
        fresh, row.mine_seq, store=store, lock=lock, clock=clock, saved=saved, told=told, read=read
    )
    line = await store.undo_line(draft.kind, draft.id)
    if line.seq == row.mine_seq:
        opened.undo_line = line
    return opened
