"""The words of a block in the person's own editor."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from textual.app import SuspendNotSupported

from sync.text_merge import merge_text
from tui.editing.document import block_at, fresh, inserted, with_changes
from tui.editing.fields import FIELDS, FieldSpec, fault
from tui.outside_editor import EditorError, edit_outside, keep_in_file
from tui.screens.shelf_commands import ShelfCommands

Json = dict[str, Any]


class OutsideCommands(ShelfCommands):
    """The screen is the editor's until it ends."""

    def why_not(self, verb: str) -> str | None:
        if verb == "outside":
            return self.session.read_only or (
                None if self._prose else "This block has no words to edit: choose one with text."
            )
        return super().why_not(verb)

    @property
    def _prose(self) -> FieldSpec | None:
        kind = (block_at(self.mail, self.current_id) or {}).get("type", "")
        return next((spec for spec in FIELDS.get(kind, ()) if spec.kind == "prose"), None)

    async def do_outside(self) -> None:
        await self.flush()
        spec, id = self._prose, self.current_id
        block: Json | None = block_at(self.mail, id)
        if spec is None or id is None or block is None:
            return
        before = str(block.get(spec.key) or "")
        text = await self._edit(before, spec)
        if text == before:
            self.say("Nothing was changed.")
            return
        self.session.look()
        if reason := self.session.read_only:
            message = f"{reason} What you wrote is kept in {keep_in_file(text)}"
            raise EditorError(message)
        await self._take(block, spec.key, text)

    async def _take(self, old: Json, key: str, text: str) -> None:
        """Put the words in the block they were made of, whatever somebody else made of it meanwhile."""
        id = str(old["id"])
        now = block_at(self.mail, id)
        merged = merge_text(str(old.get(key) or ""), text, str(now.get(key) or "")) if now else None
        if merged is not None:
            await self.apply(lambda mail: with_changes(mail, id, {key: merged}), focus=id)
            return
        [own] = fresh([old | {key: text}])
        await self.apply(lambda mail: inserted(mail, id, [own]), focus=own["id"])
        self.say("Somebody else changed this block meanwhile: what you wrote is in one of its own.")

    async def _edit(self, text: str, spec: FieldSpec) -> str:
        """Saving and syncing go on meanwhile; nothing is painted, and ctrl+c is the editor's."""
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            with self.app.batch_update(), self.app.suspend():
                return await asyncio.to_thread(edit_outside, text, lambda written: fault(spec, written))
        except SuspendNotSupported as error:
            message = "Another editor cannot be shown in this kind of terminal."
            raise EditorError(message) from error
        finally:
            signal.signal(signal.SIGINT, before)
