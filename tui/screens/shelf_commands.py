"""Templates and snippets where a mail is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.editing.document import blocks_of, fresh
from tui.screens.fold_commands import FoldCommands
from tui.screens.keeping import keep, snippets, templates
from tui.screens.saved_picker import SavedPicker

if TYPE_CHECKING:
    from localstore.records import SavedMail


class ShelfCommands(FoldCommands):
    """The server keeps them, so all of it needs the server."""

    async def do_save_template(self) -> None:
        await self.collect()
        await keep(self, templates(self.services), self.mail, self.session.name)

    async def do_save_snippet(self) -> None:
        await self.collect()
        blocks = {"version": self.mail.get("version", 1), "blocks": self.chosen_blocks}
        await keep(self, snippets(self.services), blocks)

    async def do_insert_snippet(self) -> None:
        async def chosen(saved: SavedMail | None) -> None:
            blocks = fresh(blocks_of(saved.content_json)) if saved else []
            if blocks:
                await self.insert(blocks)

        await self.app.push_screen(SavedPicker(snippets(self.services), "Insert a snippet"), chosen)
