"""What every editor of blocks does: the campaign composer and the editor of a sequence's step.

Words go from the fields to the store inside the handler of the key; list, preview and counters follow once
the key is on the screen; checks wait for a pause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from tui.editing.document import block_at, shown_length, with_changes
from tui.editing.folds import around, hidden
from tui.places import open_hold
from tui.screens.block_rows import block_rows
from tui.screens.checked_mail import CheckedMail
from tui.screens.editor_hints import editor_hints
from tui.screens.in_sight import in_sight
from tui.text import plain
from tui.widgets.block_form import BlockForm
from tui.widgets.choice_field import ChoiceField
from tui.widgets.choosing_list import ChoosingList
from tui.widgets.document_preview import DocumentPreview
from tui.widgets.hint_footer import Hint, HintFooter
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList
from tui.widgets.tag_field import TagInput
from tui.widgets.tag_menu import TagMenu
from tui.widgets.words import Words

if TYPE_CHECKING:
    from textual import events
    from textual.app import App, ComposeResult

    from contract.contacts import FieldDefinition
    from render_preview.lint import Location
    from tui.editing.session import DraftSession
    from tui.keymap import KeyChoice
    from tui.services import Services

Json = dict[str, Any]

_FOLDED: WeakKeyDictionary[App[Any], dict[str, set[str]]] = WeakKeyDictionary()
"""What is folded in each document, by the app that shows it."""
_LONGEST_REST = 0.3
"""Seconds the preview of a long block may lag behind the keys: it gets a quarter of the time."""
_OTHER_WINDOW = 1.0
"""Seconds between two looks whether another window still edits this."""
_NO_BLOCKS = "There are no blocks. Press a to add the first one."
_IN_COLUMN = "A column. Press a to add a block to it; J and K move a block from column to column."
_HEAD = ("subject", "preheader")
_LIST_HINTS = ("edit", "add", "preview", "down", "delete", "undo", "device", "contact", "checks")
_FIELD_HINTS = ("leave", "undo", "preview", "device", "contact", "next", "checks")
_CHECK_HINTS = ("fix", "undo", "checks", "leave")
_PREVIEW_HINTS = ("leave", "contact", "next", "device", "before", "checks")


class BlockPlace(CheckedMail):
    """Subclasses say where in the draft the document is, and add their own lines above the blocks."""

    FOCUS = "#blocks"
    CSS_PATH = "composer.tcss"

    def __init__(self, services: Services, session: DraftSession) -> None:
        super().__init__(services, session)
        self._taken_over = session.taken_over
        self._head_given: dict[str, str] = {}
        self._rows: list[Row] = []
        self._follow_due = False
        self._follow_at = float("-inf")

    def learnt(self, fields: list[FieldDefinition]) -> None:
        self.form.known = {field.key: field for field in fields}
        self.query_one(TagMenu).fields = self.form.known
        self.call_after_refresh(self.catch_up)

    def head(self) -> ComposeResult:
        """Further lines under subject and preheader."""
        yield from ()

    def notice(self) -> str:
        """A sentence above the blocks, such as why they are read-only; empty for none."""
        return self.session.read_only or ""

    @property
    def blocks(self) -> PagedList:
        """The list of blocks."""
        return self.query_one("#blocks", PagedList)

    @property
    def form(self) -> BlockForm:
        """The fields of the chosen block."""
        return self.query_one(BlockForm)

    @property
    def mail_preview(self) -> DocumentPreview:
        """The mail as it will read."""
        return self.query_one(DocumentPreview)

    def body(self) -> ComposeResult:
        with Vertical(id="head"):
            for key in _HEAD:
                with Horizontal(classes="line"):
                    yield Static(key.capitalize(), classes="label", markup=False)
                    yield TagInput(id=key, max_length=250, select_on_focus=False)
                    yield Words(id=f"{key}-count", classes="count", fixed=True)
            yield from self.head()
        yield Words(id="notice")
        with Horizontal(id="panes"):
            yield ChoosingList((Column("Block", 8), Column("", 6, grow=1)), self.do_edit, id="blocks")
            yield BlockForm(id="form")
            with Vertical(id="preview"):
                yield Words(id="preview-title", fixed=True)
                yield DocumentPreview()
        yield ChoosingList((Column("Checks", 9), Column("", 20, grow=1)), self.to_finding, id="findings")
        yield TagMenu()

    async def on_mount(self) -> None:
        await self.show_all()
        self.start_checking()
        self.set_interval(_OTHER_WINDOW, self._take_over)

    async def on_unmount(self) -> None:
        await self.session.flush()

    async def flush(self) -> None:
        await self.collect()
        await self.session.flush()

    def changed(self) -> None:
        if self.is_mounted:
            self.call_after_refresh(self.catch_up)

    async def catch_up(self) -> None:
        """Take over what came from elsewhere, after what stands in the fields is stored."""
        if not in_sight(self):
            return
        await self._take_over()
        before = self.session.read_only
        await self.collect()
        self.session.look()
        if self.session.taken_over != self._taken_over:
            self.say("This mail was changed elsewhere; you see the newest words.")
            await self.show_all(keep=True)
        elif self.session.read_only != before:
            await self.show_all()
        self.show_notice()
        self.show_hints()

    async def _take_over(self) -> None:
        """Edit here once the other window is closed, however it ended."""
        if self.session.elsewhere and in_sight(self):
            await self.session.open()
            if not self.session.elsewhere:
                self.say("The other window is closed: you can edit here now.")
                await self.show_all()

    async def collect(self) -> None:
        """Store what stands in the fields, and what is typed meanwhile. Every path that leaves a field ends
        here.
        """
        while await self._collected():
            pass

    async def _collected(self) -> bool:
        """Store what stands in the fields now; whether there was anything."""
        block_id, entries = self.form.block_id, self.form.entries
        changes, head = self.form.changes(), self._head_changes()
        if not changes and not head:
            return False

        def change(content: Json) -> Json:
            mail = self.document_in(content) | head
            return self.with_document(content, with_changes(mail, block_id or "", changes))

        keys = ",".join([*changes, *head])
        focus = block_id if changes else next(iter(head))
        await self.session.edit(change, focus=focus or "", burst=f"{block_id} {keys}")
        self.form.took(block_id, entries)
        self._head_given |= head
        self.follow()
        if self.session.taken_over != self._taken_over:
            await self.show_all(keep=True)
        return True

    async def apply(self, change: Any, *, focus: str = "") -> None:
        """Store a change of the document made by a command, and show it with the cursor on `focus`."""
        await self.collect()
        await self.session.edit(
            lambda content: self.with_document(content, change(self.document_in(content))), focus=focus
        )
        await self.show_all(focus=focus, keep=True)

    def _head_changes(self) -> Json:
        entries = {key: self.query_one(f"#{key}", Input).value for key in _HEAD}
        return {key: entry for key, entry in entries.items() if entry != self._head_given.get(key, "")}

    async def show_all(self, *, focus: str = "", keep: bool = False) -> None:
        """Everything again: after a command, an undo, or somebody else's change."""
        self._taken_over = self.session.taken_over
        locked = self.session.read_only is not None
        for key in _HEAD:
            field, entry = self.query_one(f"#{key}", Input), str(self.mail.get(key) or "")
            field.disabled = locked
            self._head_given[key] = entry
            if field.value != entry:
                field.value = entry
        self._show_rows(focus)
        await self._show_form(keep=keep)
        self.show_notice()
        self.follow()

    async def _show_form(self, *, keep: bool = False) -> None:
        key = self.current_id
        self.form.invitation = _IN_COLUMN if key else _NO_BLOCKS
        locked = self.session.read_only is not None
        await self.form.show(block_at(self.mail, key), locked=locked, keep=keep)

    def _show_rows(self, focus: str = "") -> None:
        bad = {finding.block_id for finding in self.findings if finding.level == "error"}
        if focus in hidden(self.mail, self.folded):
            self.folded.difference_update(around(self.mail, focus))
        rows = block_rows(self.mail, bad, self.folded)
        if rows != self._rows or not self.blocks.total:
            self._rows = rows
            self.blocks.show_rows(rows)
        at = next((n for n, row in enumerate(rows) if row.key == focus), None)
        if at is not None:
            self.blocks.cursor = at

    @property
    def folded(self) -> set[str]:
        """Ids of the headings and columns that are folded; kept while this window is open."""
        return _FOLDED.setdefault(self.app, {}).setdefault(self.session.id, set())

    @property
    def current_id(self) -> str | None:
        """The block under the cursor."""
        row = self.blocks.row
        return row.key if row else None

    def show_notice(self) -> None:
        """The sentence above the blocks."""
        words = self.notice()
        notice = self.query_one("#notice", Words)
        notice.display = bool(words)
        notice.say(plain(words))

    def follow(self) -> None:
        """Let list, counters and preview follow once the key is painted; checks wait for a pause."""
        self.to_check.set()
        if self._follow_due:
            return
        self._follow_due = True
        rest = self._follow_at - self.services.clock.monotonic()
        if rest > 0:
            self.set_timer(rest, self._followed)
        else:
            self.call_after_refresh(self._followed)

    def _followed(self) -> None:
        self._follow_due = False
        if not in_sight(self):
            return
        began = self.services.clock.monotonic()
        self._show_what_follows()
        ended = self.services.clock.monotonic()
        self._follow_at = ended + min(_LONGEST_REST, 3 * (ended - began))

    def _show_what_follows(self) -> None:
        self._show_rows()
        self.show_counts()
        self.show_preview()
        self.show_hints()

    def show_counts(self) -> None:
        """How long subject and preheader read in an inbox."""
        for key in _HEAD:
            length = shown_length(str(self.mail.get(key) or ""))
            count = self.query_one(f"#{key}-count", Words)
            tone = "bad" if length > 70 else "warn" if length > 48 else ""
            count.set_classes(f"count -{tone}" if tone else "count")
            count.say(plain(f"{length}/{70 if length > 48 else 48}"))

    def show_preview(self) -> None:
        """The preview again."""

    def show_findings(self) -> None:
        """Mark the blocks with faults, and say what was found about the chosen one."""
        self._show_rows()
        about = [(f.level, f.message) for f in self.findings if f.block_id == self.form.block_id]
        self.form.advise(about if self.form.block_id else [])

    async def on_block_form_touched(self) -> None:
        await self.collect()

    async def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id in _HEAD:
            await self.collect()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "subject":
            self.query_one("#preheader").focus()
        elif event.input.id == "preheader":
            self.blocks.focus()

    async def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        if event.list is self.blocks and (self.current_id or "") != (self.form.block_id or ""):
            await self._turn_to_current()
        self.show_hints()

    async def _turn_to_current(self) -> None:
        await self.collect()
        await self._show_form()
        self.show_findings()
        self.show_preview()
        if self.current_id:
            self.mail_preview.reveal(self.current_id)

    async def do_hold(self) -> None:
        """Answer what stands between this draft and the server."""
        await self.flush()
        await open_hold(self.app, self.services, self.session.kind, self.session.id)

    def do_edit(self) -> None:
        """To the fields of the block."""
        raise NotImplementedError

    def on_document_preview_pointed(self, event: DocumentPreview.Pointed) -> None:
        self._show_rows(event.block_id)

    async def jump(self, location: Location) -> None:
        """To the field there; where none is known, to the first of the block, or of the mail."""
        if location.block_id is None:
            self.query_one(f"#{location.field if location.field in _HEAD else _HEAD[0]}").focus()
            return
        self._show_rows(location.block_id)
        self.remove_class("-previewing")
        await self._turn_to_current()
        self.form.focus_at(location.path)

    async def on_descendant_blur(self, _: events.DescendantBlur) -> None:
        await self.flush()

    def show_hints(self) -> None:
        keys: KeyChoice = self.app.keys  # type: ignore[attr-defined]
        checks = self.query_one("#findings")
        lists = {self.blocks: _LIST_HINTS, self.mail_preview: _PREVIEW_HINTS, checks: _CHECK_HINTS}
        typing = self.focused is not None and self.focused not in lists
        verbs = _FIELD_HINTS if typing else lists.get(self.focused or self.blocks, _LIST_HINTS)
        first = self.first_hints()
        ordered = (*first, *verbs) if verbs is _LIST_HINTS else (*verbs[:4], *first, *verbs[4:])
        if self.session.state.asks:
            ordered = ("hold", *ordered)
        hints = editor_hints(self.SCOPE, ordered, keys, self.why_not, typing=typing)
        if typing:
            choosing = isinstance(self.focused, ChoiceField)
            hints = (*((Hint("←→", "Choose"),) if choosing else ()), Hint("tab", "Next field"), *hints)
        self.query_one(HintFooter).show(hints)

    def first_hints(self) -> tuple[str, ...]:
        """Verbs that come first in the hint line."""
        return ()
