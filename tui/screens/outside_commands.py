"""The words of a block in the person's own editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.editing.document import block_at, with_changes
from tui.editing.fields import FIELDS, FieldSpec, fault
from tui.outside_editor import EditorError, edit_outside
from tui.screens.shelf_commands import ShelfCommands

if TYPE_CHECKING:
    from typing import Any


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
        block: dict[str, Any] | None = block_at(self.mail, id)
        if spec is None or id is None or block is None:
            return
        before = str(block.get(spec.key) or "")
        text = self._edit(before, spec)
        if text == before:
            self.say("Nothing was changed.")
            return
        await self.apply(lambda mail: with_changes(mail, id, {spec.key: text}), focus=id)

    def _edit(self, text: str, spec: FieldSpec) -> str:
        try:
            with self.app.suspend():
                return edit_outside(text, lambda written: fault(spec, written))
        except SuspendNotSupported as error:
            message = "Another editor cannot be shown in this kind of terminal."
            raise EditorError(message) from error
