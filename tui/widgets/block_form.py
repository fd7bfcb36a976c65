"""The fields of the chosen block. Each type has one form that is made once and filled again and again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, TextArea

from contract.contacts import BUILT_IN_FIELDS
from tui.editing.fields import ABOUT, FIELDS, Fields
from tui.text import plain, plain_lines
from tui.widgets.choice_field import ChoiceField
from tui.widgets.field_row import FieldRow
from tui.widgets.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from render_preview.location import Path

Json = dict[str, Any]
_TONES = {"error": "$error", "warning": "$warning", "hint": "$quiet"}


class BlockForm(Vertical):
    """Says that it was touched; what was made of the block is asked with `changes`."""

    DEFAULT_CSS = """
    BlockForm { width: 1fr; padding: 0 1; }
    BlockForm #form-title { height: 1; margin-bottom: 1; }
    BlockForm VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    BlockForm #advice { height: auto; max-height: 4; }
    """

    @dataclass
    class Touched(Message):
        """Something was typed or chosen."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: dict[str, list[FieldRow]] = {}
        self._block: Json = {}
        self._shown = ""
        self.known: Fields = {field.key: field for field in BUILT_IN_FIELDS}
        """The fields a condition may name."""
        self.invitation = ""
        """What to do where no block is chosen."""

    def compose(self) -> Any:
        yield Words(id="form-title", fixed=True)
        yield Words(id="unknown")
        yield Words(id="advice")

    @property
    def block_id(self) -> str | None:
        """The block whose fields are shown."""
        return self._block.get("id")

    @property
    def rows(self) -> Sequence[FieldRow]:
        """The fields in sight."""
        return self._rows.get(self._shown, ())

    async def show(self, block: Json | None, *, locked: bool, keep: bool = False) -> None:
        """Fill in a block. With `keep` entries of the same block that were changed but not stored stay."""
        same = block is not None and block["id"] == self.block_id
        self._block = block or {}
        kind = self._block.get("type", "")
        await self._turn_to(kind)
        for row in self.rows:
            row.known = self.known
            row.give(self._block, same=same, keep=keep and same)
            row.hold_still(locked)
        self._title(kind)
        self._unknown(kind)

    async def _turn_to(self, kind: str) -> None:
        if kind in FIELDS and kind not in self._rows:
            rows = [FieldRow(spec) for spec in FIELDS[kind]]
            await self.mount(VerticalScroll(*rows, id=f"form-{kind}", can_focus=False), before="#advice")
            self._rows[kind] = rows
        for known in self._rows:
            self.query_one(f"#form-{known}").display = known == kind
        self._shown = kind

    def _title(self, kind: str) -> None:
        title = Content.styled(kind.capitalize() if kind in FIELDS else "", "bold")
        about = Content.styled(f"  {ABOUT.get(kind, '')}", "$quiet")
        self.query_one("#form-title", Words).say(title + about)

    def _unknown(self, kind: str) -> None:
        words = self.query_one("#unknown", Words)
        words.display = kind not in FIELDS
        if not kind:
            words.say(Content.styled(self.invitation, "$quiet"))
        elif kind not in FIELDS:
            head = f"A block of the type “{kind}”, made by a newer version. It is kept as it is and not sent."
            body = json.dumps(self._block, indent=2, ensure_ascii=False)
            words.say(Content("\n\n").join([plain(head), plain_lines(body).stylize("$quiet")]))

    def changes(self) -> Json:
        """What the person made of the block, by JSON key; faults are left out and shown."""
        found: Json = {}
        for row in self.rows:
            found |= row.changes()
        return found

    @property
    def entries(self) -> list[str]:
        """What stands in the fields, in their order."""
        return [row.entry for row in self.rows]

    def took(self, block_id: str | None, entries: Sequence[str]) -> None:
        """These entries of a block are stored; what was typed while they were is not."""
        if block_id == self.block_id:
            for row, entry in zip(self.rows, entries, strict=True):
                row.took(entry)

    def advise(self, findings: Sequence[tuple[str, str]]) -> None:
        """(level, sentence) of what lint says about this block."""
        lines = [
            Content.styled("! " if level == "error" else "· ", _TONES[level]) + plain(words)
            for level, words in findings
        ]
        self.query_one("#advice", Words).say(Content("\n").join(lines))

    def focus_at(self, path: Path = ()) -> None:
        """To the field that a way into the block begins with; to the first where there is no such field."""
        row = next((row for row in self.rows if row.spec.key in path[:1]), None)
        if row is not None:
            row.focus_at(path[1:])
        elif self.rows:
            self.rows[0].focus_at()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Touched())

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Touched())

    def on_choice_field_changed(self, event: ChoiceField.Changed) -> None:
        event.stop()
        self.post_message(self.Touched())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()
