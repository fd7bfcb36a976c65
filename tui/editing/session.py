"""One open draft and its undo steps, shared by the screens that edit parts of it.

Every change is handed to the store inside the message handler that made it. What another person changed is
taken over only while nothing typed here waits, and then undo starts anew: it must not take back their words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstore.records import DocKind, DocState, Draft
from sync.errors import NotSavedError, ServiceError
from tui.editing.history import History, Version
from tui.schedule import read_schedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tui.services import Editing, Services

Json = dict[str, Any]

_NOT_TYPED = ("sendAt",)
_LOCKED = {
    "SCHEDULED": "Scheduled: read-only.",
    "SENDING": "It is being sent: read-only.",
    "SENT": "Sent: read-only.",
    "CANCELLED": "Cancelled: read-only.",
}


class DraftSession:
    """Open it once with `open`; `content` is never changed in place."""

    def __init__(self, services: Services, kind: DocKind, id: str) -> None:
        self.services, self.kind, self.id = services, kind, id
        self._editing: Editing | None = None
        self._draft = services.drafts.get(kind, id) or Draft(kind, id, {}, {}, DocState(), deleted=True)
        self.history = History(services.clock, self._draft.content)
        self.elsewhere: str | None = None
        self.taken_over = 0
        self.not_saved: str | None = None

    async def open(self) -> None:
        """Ask for the right to edit; where another window has it, the draft can only be read."""
        try:
            self._editing = await self.services.drafts.edit(self.kind, self.id)
        except ServiceError as error:
            self.elsewhere = str(error)
            return
        self.elsewhere = None
        self._draft = self._editing.draft
        self.history.restart(self._draft.content, self._editing.undo_line)

    @property
    def content(self) -> Json:
        """What is written, unsaved words included."""
        return self.history.content

    @property
    def facts(self) -> Json:
        """What the server says."""
        return self._draft.facts

    @property
    def state(self) -> DocState:
        """Where it stands between here and the server."""
        return self._draft.state

    @property
    def name(self) -> str:
        """Somebody's text."""
        return str(self.content.get("name") or "Untitled")

    @property
    def status(self) -> str:
        """The server's word for it; a document it does not know yet is a draft."""
        return str(self.facts.get("status") or "DRAFT")

    def departure(self, now: datetime) -> str:
        """When a campaign goes, in words; empty if it has no time."""
        return read_schedule(self.content | self.facts).words(now)

    @property
    def missing(self) -> bool:
        """It was deleted."""
        return self._draft.deleted

    @property
    def read_only(self) -> str | None:
        """Why nothing can be changed now; None if it can."""
        if self.missing:
            return "This document is no longer there."
        if self.elsewhere:
            return self.elsewhere
        return _LOCKED.get(self.status) if self.kind is DocKind.CAMPAIGN else None

    async def edit(self, change: Callable[[Json], Json], *, focus: str = "", burst: str = "") -> None:
        """Apply a change and store it.

        `change` gets the newest content, so it can only overwrite what it names. A failure to store is kept
        in `not_saved`, the words in memory.
        """
        if self.read_only:
            return
        self.look()
        content = change(self.content)
        if content != self.content:
            self.history.put(content, focus=focus, burst=burst)
            await self._store()

    async def undo(self) -> Version | None:
        """Back one step."""
        return await self._go(self.history.undo)

    async def redo(self) -> Version | None:
        """Forward one step."""
        return await self._go(self.history.redo)

    async def _go(self, step: Callable[[], Version | None]) -> Version | None:
        """Through the history of words: when it goes out was never typed here, so it stays."""
        if self.read_only:
            return None
        self.look()
        fixed = {key: self.content[key] for key in _NOT_TYPED if key in self.content}
        version = step()
        if version is not None:
            self.history.adopt(self.content | fixed)
            await self._store()
        return version

    async def _store(self) -> None:
        if self._editing is None:
            return
        try:
            await self._editing.change(self.content, self.history.taken_move())
            self.not_saved = None
        except NotSavedError as error:
            self.not_saved = str(error)

    def look(self) -> None:
        """Read state and facts again. `taken_over` counts contents of others that took the place of ours."""
        if self._editing is not None:
            self._draft = self._editing.draft
        else:
            self._draft = self.services.drafts.get(self.kind, self.id) or self._draft
        content = self._draft.content
        if content == self.content:
            return
        if same_words(self.kind, content, self.content):
            self.history.adopt(content)
            return
        self.history.restart(content)
        self.taken_over += 1

    async def flush(self) -> None:
        """Store whatever waits."""
        if self._editing is not None:
            try:
                await self._editing.flush()
            except NotSavedError as error:
                self.not_saved = str(error)

    async def close(self) -> None:
        """Flush, and let another window edit."""
        editing, self._editing = self._editing, None
        if editing is not None:
            try:
                await editing.close()
            except NotSavedError as error:
                self.not_saved = str(error)


def same_words(kind: DocKind, one: Json, other: Json) -> bool:
    """Whether two contents differ in nothing a person typed: an echo from the server spells out defaults."""
    if kind is DocKind.SEQUENCE:
        steps, others = one.get("steps") or [], other.get("steps") or []
        return (
            _plain(one, "steps") == _plain(other, "steps")
            and len(steps) == len(others)
            and all(
                _plain(a, "contentJson") == _plain(b, "contentJson") and _same_document(a, b)
                for a, b in zip(steps, others, strict=True)
            )
        )
    return _plain(one, "contentJson") == _plain(other, "contentJson") and _same_document(one, other)


def _plain(content: Json, big: str) -> Json:
    ours = (pair for pair in content.items() if pair[0] not in (big, *_NOT_TYPED))
    return {key: value for key, value in ours if value is not None}


def _same_document(one: Json, other: Json) -> bool:
    from contract.blocks import load_document

    try:
        return load_document(one["contentJson"]) == load_document(other["contentJson"])
    except (KeyError, ValueError):
        return False
