"""What can be done with blocks, for every place that edits them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from contract.blocks import MAX_BLOCKS
from tui.editing.document import (
    block_at,
    blocks_of,
    cells_of,
    every_block,
    fresh,
    inserted,
    new_block,
    where,
    why_too_full,
    with_fix,
    without,
)
from tui.editing.fields import FIELDS
from tui.editing.folds import moved, with_folded
from tui.editing.order import neighbour
from tui.screens.block_place import BlockPlace
from tui.text import count_words
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.editing.history import Version

Json = dict[str, Any]

_CHANGES = {
    "add",
    "down",
    "up",
    "duplicate",
    "cut",
    "paste",
    "delete",
    "undo",
    "redo",
    "insert_snippet",
    "fix",
}
_NEEDS_BLOCK = {"edit", "down", "up", "duplicate", "copy", "cut", "delete", "save_snippet"}
_ADDS = {"add", "duplicate", "paste", "insert_snippet"}


def inner(block: Json) -> list[Json]:
    """What stands in a block of columns."""
    return [leaf for cell in cells_of(block) for leaf in cell]


class BlockCommands(BlockPlace):
    """The `do_` methods behind the shared half of the commands of composer and step editor."""

    def why_not(self, verb: str) -> str | None:
        if verb in _CHANGES and (reason := self.session.read_only):
            return reason
        if verb in _NEEDS_BLOCK and block_at(self.mail, self.current_id) is None:
            return "There is no block here yet. Press a to add one."
        if verb in _ADDS and len(list(every_block(self.mail))) >= MAX_BLOCKS:
            return f"A mail takes {MAX_BLOCKS} blocks at most."
        return self._why_not_now(verb)

    def _why_not_now(self, verb: str) -> str | None:
        if verb == "hold" and not self.session.state.asks:
            return "Nothing waits for your decision."
        if verb == "undo" and not self.session.history.can_undo:
            return "There is nothing to undo."
        if verb == "redo" and not self.session.history.can_redo:
            return "There is nothing to redo."
        if verb == "fix" and (self.chosen_finding is None or self.chosen_finding.fix is None):
            return "Choose a check that says how it is fixed: f7 shows them."
        return None

    @property
    def chosen_ids(self) -> list[str]:
        """The marked blocks in their order, or else the one under the cursor."""
        keys = with_folded(self.mail, [row.key for row in self.blocks.chosen], self.folded)
        inside = {
            leaf["id"] for block in blocks_of(self.mail) if block["id"] in keys for leaf in inner(block)
        }
        return [b["id"] for b in every_block(self.mail) if b["id"] in keys and b["id"] not in inside]

    @property
    def chosen_blocks(self) -> list[Json]:
        """The blocks with the `chosen_ids`."""
        found = (block_at(self.mail, id) for id in self.chosen_ids)
        return [block for block in found if block is not None]

    def do_edit(self) -> None:
        block = block_at(self.mail, self.current_id)
        if block is not None and block["type"] not in FIELDS:
            self.say("A newer version made this block: it can be moved or deleted here, not edited.")
        self.remove_class("-previewing")
        self.form.focus_at()

    async def do_leave(self) -> None:
        if self.focused is None or self.focused is self.blocks:
            await self.app.run_action("command('app.back')")
        else:
            self.remove_class("-checking")
            self.blocks.focus()

    async def do_add(self) -> None:
        from tui.screens.block_palette import BlockPalette

        async def chosen(kind: str | None) -> None:
            if kind is not None and await self.insert([new_block(kind)]):
                self.form.focus_at()

        await self.app.push_screen(BlockPalette(where(self.mail, self.current_id)), chosen)

    async def insert(self, blocks: list[Json]) -> bool:
        """Below what is chosen; False where they found no room, which is said."""
        after = self.chosen_ids[-1] if self.chosen_ids else self.current_id
        if full := why_too_full(inserted(self.mail, after, blocks)):
            self.say(f"{full} Nothing was inserted.", severity="warning")
            return False
        await self.apply(lambda mail: inserted(mail, after, blocks), focus=blocks[0]["id"])
        return True

    async def do_duplicate(self) -> None:
        await self.collect()
        await self.insert(fresh(self.chosen_blocks))

    async def do_delete(self) -> None:
        await self.take_out("Deleted")

    async def take_out(self, deed: str) -> None:
        """The chosen blocks less; says so in the words of the `deed`."""
        ids = self.chosen_ids
        focus = neighbour(list(every_block(self.mail)), ids)
        await self.apply(lambda mail: without(mail, ids), focus=focus)
        self.say(f"{deed} {count_words(len(ids), 'block')}. u brings it back.")

    async def do_up(self) -> None:
        await self._move(-1)

    async def do_down(self) -> None:
        await self._move(1)

    async def _move(self, by: int) -> None:
        ids, current = self.chosen_ids, self.current_id
        if full := why_too_full(moved(self.mail, ids, by, self.folded)):
            self.say(f"{full} Nothing was moved.", severity="warning")
            return
        marks = dict(self.blocks.marks)
        await self.apply(lambda mail: moved(mail, ids, by, self.folded), focus=current or "")
        self.blocks.marks = marks

    async def do_undo(self) -> None:
        await self._go(self.session.undo)

    async def do_redo(self) -> None:
        await self._go(self.session.redo)

    async def _go(self, step: Callable[[], Awaitable[Version | None]]) -> None:
        await self.collect()
        before = [block["id"] for block in every_block(self.mail)]
        version = await step()
        if version is None:
            return
        await self.show_all(focus=self._changed_by(version, before))
        await self.show_version(version)
        if version.focus in ("subject", "preheader") and isinstance(self.focused, Input):
            self.query_one(f"#{version.focus}").focus()

    def _changed_by(self, version: Version, before: list[str]) -> str:
        """Where to look: at what came back, else at what was changed, else above what is gone."""
        back = next((block["id"] for block in every_block(self.mail) if block["id"] not in before), None)
        at = before.index(version.focus) if version.focus in before else 0
        gone = at and block_at(self.mail, version.focus) is None
        return back or (before[at - 1] if gone else version.focus)

    async def show_version(self, version: Version) -> None:
        """More to show after undo or redo."""

    def do_checks(self) -> None:
        findings = self.query_one("#findings", PagedList)
        if self.has_class("-checking"):
            self.remove_class("-checking")
            self.blocks.focus()
            return
        self.check()
        if not self.findings:
            self.say("Nothing found: this mail can be sent.")
            return
        self.add_class("-checking")
        findings.focus()

    async def do_fix(self) -> None:
        """What was typed since the check is looked at first: a fix never takes back newer words."""
        finding = self.chosen_finding
        assert finding is not None
        await self.collect()
        self.check()
        if finding not in self.findings:
            self.say("The mail has changed since; look again.")
            return
        await self.apply(partial(with_fix, finding=finding), focus=finding.block_id or "")
        self.check()
        if not self.findings:
            self.remove_class("-checking")
            self.blocks.focus()
