"""Copy, cut and paste of blocks: within this window, and as JSON through the terminal's clipboard.

What is copied goes to both. The paste key of the terminal brings blocks from another window, another program
or another person; `p` needs no terminal that can do that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from textual.widgets import Input, TextArea

from tui.editing.block_json import as_json, read_blocks
from tui.editing.document import fresh
from tui.screens.preview_commands import PreviewCommands
from tui.text import count_words

if TYPE_CHECKING:
    from textual import events
    from textual.app import App

Json = dict[str, Any]

_REMEMBERED: WeakKeyDictionary[App[Any], list[Json]] = WeakKeyDictionary()
"""Blocks that were cut or copied, by the app that did it."""
_TERMINALS_TAKE = 74_000
"""Characters in base64: several terminals silently drop a longer clipboard text."""


class ClipboardCommands(PreviewCommands):
    """Blocks keep nothing of where they came from but their words: each paste gives new ids."""

    def why_not(self, verb: str) -> str | None:
        reason = super().why_not(verb)
        if verb == "paste" and reason is None and not _REMEMBERED.get(self.app):
            return (
                "Nothing was copied in this window yet: c copies a block, x cuts it. "
                "What was copied elsewhere comes with your terminal's own paste key."
            )
        return reason

    async def do_copy(self) -> None:
        await self._remember()
        self.say(f"Copied {count_words(len(self.chosen_ids), 'block')}. {self._where}")

    async def do_cut(self) -> None:
        await self._remember()
        await self.take_out("Cut")

    async def _remember(self) -> None:
        await self.collect()
        _REMEMBERED[self.app] = self.chosen_blocks
        self.app.copy_to_clipboard(as_json(self.chosen_blocks))

    @property
    def _where(self) -> str:
        if len(self.app.clipboard.encode()) * 4 // 3 > _TERMINALS_TAKE:
            return "p puts it below. It may be too long for the clipboard of your terminal."
        return "p puts it below, here or in another mail; in another window, your terminal's paste key."

    async def do_paste(self) -> None:
        await self.insert(fresh(_REMEMBERED[self.app]))

    async def on_paste(self, event: events.Paste) -> None:
        if isinstance(self.focused, Input | TextArea):
            return
        event.stop()
        if reason := self.session.read_only:
            self.say(reason, severity="warning")
        else:
            await self.attempt(lambda: self._paste_json(event.text))

    async def _paste_json(self, text: str) -> None:
        blocks = read_blocks(text)
        if await self.insert(blocks):
            self.say(f"Pasted {count_words(len(blocks), 'block')}. u takes it back.")
