"""Folding sections and columns away, so that a long mail is a short list."""

from __future__ import annotations

from tui.editing.folds import around, sections
from tui.screens.clipboard_commands import ClipboardCommands

_NOTHING = "Nothing to fold here: a heading folds the blocks below it, columns what stands in them."


class FoldCommands(ClipboardCommands):
    """What is folded stays so while this window is open, also when the mail is left meanwhile."""

    def why_not(self, verb: str) -> str | None:
        if verb == "fold_all" and not sections(self.mail):
            return _NOTHING
        if verb == "fold" and not around(self.mail, self.current_id or ""):
            return _NOTHING
        return super().why_not(verb)

    async def do_fold(self) -> None:
        """Open what is folded under the cursor, else fold the innermost thing around it."""
        key = self.current_id or ""
        if key in self.folded:
            self.folded.discard(key)
        else:
            key = around(self.mail, key)[0]
            self.folded.add(key)
        await self.show_all(focus=key)

    async def do_fold_all(self) -> None:
        """Open everything, or fold everything if nothing is folded."""
        key = self.current_id or ""
        there = sections(self.mail)
        if self.folded & there.keys():
            self.folded.clear()
        else:
            self.folded.update(there)
            key = next((id for id, keys in there.items() if key in keys), key)
        await self.show_all(focus=key)
