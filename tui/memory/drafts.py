"""Documents in memory, with the same states as the real store: dirty, held, deleted."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contract.ids import new_document_id
from localstore.records import Dispute, DocKind, DocState, DocSummary, Draft, Hold, KeptText
from localstore.undo_line import NO_LINE
from sync.errors import ServiceError

if TYPE_CHECKING:
    from localstore.records import Json
    from localstore.undo_line import UndoLine, UndoMove
    from tui.memory.hub import Hub

_BIG = {"contentJson", "steps", "dslJson"}
_SYNC_AFTER = 1.0
list_ = list


class MemoryDrafts:
    """Newest change first. `saves` counts what was stored, for tests."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._drafts: dict[tuple[DocKind, str], Draft] = {}
        self._theirs: dict[str, Json] = {}
        self._bases: dict[str, Json] = {}
        self.kept_texts: list_[KeptText] = []
        self.exported: list_[str] = []
        self._typed_at: dict[str, float] = {}
        self._lines: dict[tuple[DocKind, str], tuple[Json, UndoLine]] = {}
        self.saves = 0

    def put(self, kind: DocKind, id: str, content: Json, facts: Json, state: DocState | None = None) -> None:
        """A document that is simply there."""
        self._drafts[kind, id] = Draft(kind, id, content, facts, state or DocState())

    def put_in_conflict(
        self, kind: DocKind, id: str, theirs: Json, detail: str, base: Json | None = None
    ) -> None:
        """Somebody else changed it too; without a `base` it is not known what both grew from."""
        draft = self._drafts[kind, id]
        self._theirs[id] = theirs
        if base is not None:
            self._bases[id] = base
        self._drafts[kind, id] = replace(draft, state=DocState(dirty=True, hold=Hold.CONFLICT, detail=detail))
        self._hub.changed()

    def reject(self, kind: DocKind, id: str, detail: str) -> None:
        """The server does not take it."""
        draft = self._drafts[kind, id]
        self._drafts[kind, id] = replace(draft, state=DocState(dirty=True, hold=Hold.REJECTED, detail=detail))
        self._hub.changed()

    def set_facts(self, kind: DocKind, id: str, **facts: Any) -> None:
        """The server says something new."""
        draft = self._drafts[kind, id]
        self._drafts[kind, id] = replace(draft, facts=draft.facts | facts)
        self._hub.changed()

    def synced(self, draft: Draft) -> Draft:
        """The draft as the engine would have it by now: pushed a second after the last key."""
        quiet_for = self._hub.clock.monotonic() - self._typed_at.get(draft.id, 0.0)
        held = draft.state.hold is not None
        if draft.state.dirty and not held and not self._hub.offline and quiet_for >= _SYNC_AFTER:
            draft = replace(draft, state=DocState())
            self._drafts[draft.kind, draft.id] = draft
        return draft

    def all(self) -> list[Draft]:
        """Every document that was not deleted."""
        return [self.synced(d) for d in list(self._drafts.values()) if not d.deleted]

    def push_all(self) -> None:
        """What `:sync` does when the server is there."""
        if not self._hub.offline:
            self._typed_at.clear()
            self.all()
        self._hub.changed()

    def list(self, kind: DocKind) -> list[DocSummary]:
        return [_summary(d) for d in reversed(self.all()) if d.kind is kind]

    def get(self, kind: DocKind, id: str) -> Draft | None:
        draft = self._drafts.get((kind, id))
        return copy.deepcopy(self.synced(draft)) if draft else None

    def hold(self, kind: DocKind, id: str, hold: Hold, detail: str, theirs: Json | None = None) -> None:
        """Something only a person can end."""
        if theirs is not None:
            self._theirs[id] = theirs
        draft = self._drafts[kind, id]
        self._drafts[kind, id] = replace(draft, state=DocState(dirty=True, hold=hold, detail=detail))
        self._hub.changed()

    def keep(self, kind: DocKind, id: str, why: str, content: Json, at: float) -> None:
        """A text that something else took the place of."""
        self.kept_texts.insert(0, KeptText(len(self.kept_texts) + 1, kind, id, at, why, content))

    def dispute(self, kind: DocKind, id: str) -> Dispute | None:
        draft = self._drafts.get((kind, id))
        mine = copy.deepcopy(draft.content) if draft else None
        return Dispute(self._bases.get(id), mine, self._theirs.get(id), self.saves, "theirs")

    def kept(self, kind: DocKind | None = None, id: str | None = None) -> list_[KeptText]:
        return [k for k in self.kept_texts if kind is None or (k.kind, k.id) == (kind, id)]

    async def accept(self, kind: DocKind, id: str, content: Json, seen: Dispute) -> None:
        if seen != self.dispute(kind, id):
            message = "It changed again in the meantime; look at what is new."
            raise ServiceError(message)
        self._theirs.pop(id, None)
        self._drafts[kind, id] = replace(self._drafts[kind, id], content=content, state=DocState(dirty=True))
        self._hub.changed()

    async def bring_back(self, n: int) -> tuple[DocKind, str]:
        kept = next(k for k in self.kept_texts if k.n == n)
        self.store(kept.kind, kept.id, kept.content)
        return kept.kind, kept.id

    async def export(self, kind: DocKind, id: str) -> str:
        draft = self._drafts[kind, id]
        self.exported.append(f"/exports/{draft.content.get('name')}.json")
        return self.exported[-1]

    def store(self, kind: DocKind, id: str, content: Json) -> None:
        """Replace the content, as a save does."""
        self._hub.write()
        draft = self._drafts.pop((kind, id))
        self.saves += 1
        self._typed_at[id] = self._hub.clock.monotonic()
        self._drafts[kind, id] = replace(
            draft, content=copy.deepcopy(content), state=replace(draft.state, dirty=True)
        )
        self._hub.changed()

    def undo_line(self, kind: DocKind, id: str) -> UndoLine:
        """The undo steps that led to this very content."""
        content, line = self._lines.get((kind, id), (None, NO_LINE))
        return line if content == self._drafts[kind, id].content else NO_LINE

    def move_line(self, kind: DocKind, id: str, undo: UndoMove) -> None:
        """The content that was just stored is there now."""
        _, line = self._lines.get((kind, id), (None, NO_LINE))
        self._lines[kind, id] = (self._drafts[kind, id].content, line.moved(undo, self.saves))

    async def edit(self, kind: DocKind, id: str) -> MemoryEditing:
        if id in self._hub.locked:
            message = "Another window edits this; it is read-only here until that one is closed."
            raise ServiceError(message)
        if (kind, id) not in self._drafts:
            message = "This document is no longer there."
            raise ServiceError(message)
        return MemoryEditing(self, kind, id)

    async def create(self, kind: DocKind, content: Json) -> str:
        self._hub.write()
        made = new_document_id()
        self.put(kind, made, copy.deepcopy(content), {}, DocState(dirty=True))
        self._typed_at[made] = self._hub.clock.monotonic()
        self._hub.changed()
        return made

    async def delete(self, kind: DocKind, id: str) -> None:
        self._hub.write()
        self._drafts[kind, id] = replace(self._drafts[kind, id], deleted=True)
        self._hub.changed()

    async def undelete(self, kind: DocKind, id: str) -> None:
        self._drafts[kind, id] = replace(self._drafts[kind, id], deleted=False)
        self._hub.changed()

    async def settle(self, kind: DocKind, id: str, choice: str) -> None:
        draft = self._drafts[kind, id]
        theirs = self._theirs.pop(id, draft.content)
        if choice == "both":
            await self.create(kind, draft.content | {"name": f"{draft.content.get('name', '')} (mine)"})
        kept = draft.content if choice == "mine" else theirs
        self._typed_at[id] = self._hub.clock.monotonic()
        self._drafts[kind, id] = replace(draft, content=kept, state=DocState(dirty=choice == "mine"))
        self._hub.changed()


class MemoryEditing:
    """One open draft; unsaved content stays in memory when the store refuses it."""

    def __init__(self, drafts: MemoryDrafts, kind: DocKind, id: str) -> None:
        self._drafts, self._kind, self._id = drafts, kind, id
        self._waiting: Json | None = None
        self._undo: UndoMove | None = None
        self.undo_line = drafts.undo_line(kind, id)

    @property
    def draft(self) -> Draft:
        draft = self._drafts.get(self._kind, self._id)
        assert draft is not None
        return replace(draft, content=copy.deepcopy(self._waiting)) if self._waiting is not None else draft

    async def change(self, content: Json, undo: UndoMove | None = None) -> None:
        self._waiting = content
        self._undo = self._undo.then(undo) if self._undo and undo else undo
        await self.flush()

    async def flush(self) -> None:
        if self._waiting is not None:
            self._drafts.store(self._kind, self._id, self._waiting)
            if self._undo is not None:
                self._drafts.move_line(self._kind, self._id, self._undo)
            self._waiting = self._undo = None

    async def close(self) -> None:
        await self.flush()


def _summary(draft: Draft) -> DocSummary:
    fields = {key: value for key, value in draft.content.items() if key not in _BIG} | draft.facts
    if "steps" in draft.content:
        fields["stepCount"] = len(draft.content["steps"])
    return DocSummary(draft.kind, draft.id, draft.content.get("name") or "Untitled", draft.state, fields)
