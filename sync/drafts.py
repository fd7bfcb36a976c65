"""Documents on this computer, as screens use them. Reading needs nothing but the file."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from contract.ids import new_document_id
from localstore.records import Dispute, DocKind, DocState, DocSummary, Draft, Json, KeptText, MassDeletion
from sync.badge import document_badge, overall_badge
from sync.documents import mailed_by
from sync.errors import OfflineError, ServiceError, SignedOutError
from sync.live_counts import LiveCounts
from sync.schedule import UNDO_SECONDS
from sync.status import Badge
from sync.stored import stored
from sync.workspace import Workspace

if TYPE_CHECKING:
    from localstore.decisions import Decisions
    from sync.editing import OpenDraft

list_ = list
"""`LocalDrafts.list` hides the name inside its class."""

SYNC_SECONDS = 15.0
"""How long sending waits for the latest words to reach the server."""


class LocalDrafts:
    """`tui.services.Drafts` over a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._counts = LiveCounts(workspace)

    def list(self, kind: DocKind) -> list[DocSummary]:
        peek = self._workspace.peek
        found = peek.documents(kind) if peek is not None else []
        self._counts.look(kind)
        for summary in found:
            self._counts.put(kind, summary.id, summary.fields)
        return found

    def get(self, kind: DocKind, id: str) -> Draft | None:
        draft = self._workspace.read(kind, id)
        if draft is not None:
            self._counts.look(kind)
            self._counts.put(kind, id, draft.facts)
        return draft

    def dispute(self, kind: DocKind, id: str) -> Dispute | None:
        peek = self._workspace.peek
        return peek.dispute(kind, id) if peek is not None else None

    def kept(self, kind: DocKind | None = None, id: str | None = None) -> "list_[KeptText]":
        peek = self._workspace.peek
        return peek.kept(kind, id) if peek is not None else []

    async def edit(self, kind: DocKind, id: str) -> "OpenDraft":
        from localstore.locks import draft_lock
        from sync.editing import open_draft

        workspace = self._workspace
        store = await workspace.store()
        draft = workspace.read(kind, id)
        if draft is None:
            message = "This document no longer exists."
            raise ServiceError(message)
        opened = await open_draft(
            draft,
            store=store,
            lock=draft_lock(store.path, kind, id),
            clock=workspace.clock,
            saved=workspace.edited,
            told=workspace.notify,
            read=self.get,
        )
        workspace.open_drafts[kind, id] = opened
        opened.closed = lambda: self._closed(opened)
        return opened

    def _closed(self, opened: "OpenDraft") -> None:
        if self._workspace.open_drafts.get(opened.key) is opened:
            del self._workspace.open_drafts[opened.key]
        self._workspace.hurry()

    async def create(self, kind: DocKind, content: Json) -> str:
        store = await self._workspace.store()
        fresh = new_document_id()
        async with stored():
            await store.create(kind, fresh, content)
        self._workspace.edited((kind, fresh))
        return fresh

    async def delete(self, kind: DocKind, id: str) -> None:
        store = await self._workspace.store()
        async with stored():
            await store.remove(kind, id, UNDO_SECONDS)
        self._workspace.edited((kind, id))

    async def undelete(self, kind: DocKind, id: str) -> None:
        store = await self._workspace.store()
        async with stored():
            await store.restore(kind, id)
        self._workspace.edited((kind, id))

    async def settle(self, kind: DocKind, id: str, choice: str) -> None:
        async with stored():
            await (await self._decisions()).settle(kind, id, choice, new_document_id())
        await self._decided((kind, id))

    async def accept(self, kind: DocKind, id: str, content: Json, seen: Dispute) -> None:
        from localstore.store import StaleEditError

        decisions = await self._decisions()
        try:
            async with stored():
                await decisions.accept(kind, id, content, seen_seq=seen.seq, theirs_rev=seen.theirs_rev)
        except StaleEditError:
            message = "It changed again in the meantime; what you chose was kept, look at what is new."
            raise ServiceError(message) from None
        await self._decided((kind, id))

    async def bring_back(self, n: int) -> tuple[DocKind, str]:
        async with stored():
            found = await (await self._decisions()).bring_back(n, new_document_id())
        if found is None:
            message = "This text is no longer kept."
            raise ServiceError(message)
        await self._decided(found)
        return found

    async def export(self, kind: DocKind, id: str) -> str:
        from sync.export import write_export

        draft = self.get(kind, id)
        if draft is None:
            message = "This document no longer exists."
            raise ServiceError(message)
        async with stored():
            return str(await asyncio.to_thread(write_export, self._workspace.data, kind, id, draft.content))

    async def _decisions(self) -> "Decisions":
        from localstore.decisions import Decisions

        return Decisions(await self._workspace.store())

    async def _decided(self, key: tuple[DocKind, str]) -> None:
        if (opened := self._workspace.open_drafts.get(key)) is not None:
            with contextlib.suppress(ServiceError):
                await opened.refresh()
        self._workspace.edited(key)


class SyncStatus:
    """`tui.services.Sync` over a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def who(self) -> str:
        known = self._workspace.known
        return known.who if known is not None else ""

    @property
    def problem(self) -> str | None:
        """Why there is no connection yet, in a sentence; None when there is one."""
        return self._workspace.problem

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        return self._workspace.subscribe(changed)

    def now(self) -> None:
        self._workspace.hurry()

    @property
    def server(self) -> str:
        workspace = self._workspace
        return workspace.server if workspace.embedded is None else ""

    async def sign_in(self, email: str, password: str) -> None:
        from contract.problems import UnauthenticatedError
        from sync.services import in_words

        async with in_words():
            try:
                await self._workspace.sign_in(email, password)
            except UnauthenticatedError as error:
                raise ServiceError(error.detail) from error

    async def sign_out(self, *, discard: bool) -> None:
        await self._workspace.sign_out(discard=discard)

    def badge(self, kind: DocKind | None = None, id: str | None = None) -> Badge:
        workspace = self._workspace
        waiting = workspace.peek.waiting() if workspace.peek is not None else []
        opened = list(workspace.open_drafts.values())
        if kind is None or id is None:
            return overall_badge(
                (state for _, _, state in waiting),
                typing=any(draft.typing for draft in opened),
                not_saved=next((d.not_saved for d in opened if d.not_saved), None) or self._trouble,
                offline=workspace.offline,
                signed_out=workspace.signed_out,
                connected=workspace.connected,
                synced_at=self._synced_at(),
                mass_deletion=self.mass_deletion() is not None,
            )
        draft = workspace.open_drafts.get((kind, id))
        stored = workspace.read(kind, id)
        return document_badge(
            stored.state if stored is not None else DocState(),
            typing=draft is not None and draft.typing,
            not_saved=(draft.not_saved if draft is not None else None) or self._trouble,
            offline=workspace.offline,
            signed_out=workspace.signed_out,
            waiting=sum(not state.asks for _, _, state in waiting),
            synced_at=self._synced_at(),
        )

    @property
    def _trouble(self) -> str | None:
        engine = self._workspace.engine
        return engine.trouble if engine is not None else None

    def mass_deletion(self) -> MassDeletion | None:
        peek = self._workspace.peek
        return peek.mass_deletion() if peek is not None else None

    async def answer_deletion(self, answer: str) -> None:
        await (await self._workspace.store()).set_meta(deletions=answer)
        self._workspace.hurry()

    def member_changes(self) -> list[tuple[str, int, str]]:
        peek = self._workspace.peek
        return peek.member_ops() if peek is not None else []

    def _synced_at(self) -> float | None:
        engine = self._workspace.engine
        return engine.synced_at if engine is not None else None

    def waiting(self) -> list[tuple[DocKind, str, DocState]]:
        """Every document that is not as the server has it, for `:sync`."""
        return self._workspace.peek.waiting() if self._workspace.peek is not None else []

    async def wait_synced(self, kind: DocKind, id: str) -> Draft:
        """Push this document and wait for it; see `tui.services.Sync`."""
        if (opened := self._workspace.open_drafts.get((kind, id))) is not None:
            await opened.flush()
        return await self._hurried(partial(self._clean, kind, id))

    async def _hurried(self, look: Callable[[], Draft | None]) -> Draft:
        """What `look` finds once the server knows it; it raises what stands against that."""
        workspace = self._workspace
        changed = asyncio.Event()
        unsubscribe = workspace.subscribe(changed.set)
        end = workspace.clock.monotonic() + SYNC_SECONDS
        try:
            workspace.hurry()
            while True:
                if (found := look()) is not None:
                    return found
                if workspace.clock.monotonic() > end or workspace.offline:
                    raise OfflineError
                changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), 0.25)
        finally:
            unsubscribe()

    async def wait_mailable(self, kind: DocKind, id: str) -> None:
        """The same for a campaign or a sequence and for its segments: nobody is mailed by an older filter."""
        content = (await self.wait_synced(kind, id)).content
        for segment in mailed_by(content):
            draft = self._workspace.read(DocKind.SEGMENT, segment)
            if draft is not None and draft.deleted:
                message = f"The segment “{draft.content.get('name')}” was deleted. Choose another one first."
                raise ServiceError(message)
            if draft is not None:
                named = await self.wait_synced(DocKind.SEGMENT, segment)
                await self._hurried(partial(self._members_known, named))

    def _members_known(self, segment: Draft) -> Draft | None:
        """The segment, once the server knows who was taken in or out by hand."""
        waiting = [refused for id, _, refused in self.member_changes() if id == segment.id]
        if refused := "".join(waiting):
            message = f"Who was taken in or out of “{segment.content.get('name')}” was refused: {refused}"
            raise ServiceError(message)
        return None if waiting else segment

    def _clean(self, kind: DocKind, id: str) -> Draft | None:
        draft = self._workspace.read(kind, id)
        if draft is None:
            message = "This document no longer exists."
            raise ServiceError(message)
        if draft.state.hold is not None and draft.state.asks:
            what = f"the segment “{draft.content.get('name')}”" if kind is DocKind.SEGMENT else "this"
            message = f"Settle {what} first: {draft.state.detail or draft.state.hold.value}."
            raise ServiceError(message)
        if self._workspace.signed_out:
            raise SignedOutError
        return None if draft.state.dirty or draft.state.in_flight else draft
