"""One segment: its filter as text with a live count, and its members with what people decided by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.widgets import Static

from contract.contacts import BUILT_IN_FIELDS
from contract.segment_text import complete, parse
from localstore.records import DocKind
from sync.errors import OfflineError, ServiceError
from tui.commands import bindings
from tui.contact_rows import COLUMNS, contact_row
from tui.filter_text import find_fault, guess_fields, text_of, with_text
from tui.screens.dialogs import AskText
from tui.screens.document_list import check_name
from tui.screens.place import Place
from tui.screens.segment_members import SegmentMembers
from tui.segment_words import NO_ONE
from tui.text import count_words, plain
from tui.widgets.filter_editor import FilterEditor
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import TextArea

    from contract.contacts import FieldDefinition
    from contract.segment_ast import AnyNode
    from localstore.records import Json
    from tui.services import Editing, Services

_DEBOUNCE = 0.15
_OTHER_WINDOW = 1.0
"""Seconds between two looks whether another window still edits this."""
_NEEDS_MEMBER = {"remove"}
_COUNTED_LATER = "Offline: who would get it is counted when the server is back."
_KNOWN_OFFLINE = "Without the server, only fields that segments already use are known."
_STILL = "Until it is right, the last whole filter counts."
_UNFINISHED = "Not finished yet; until then the last whole filter counts."


class SegmentDetail(SegmentMembers, Place):
    """What is typed is stored at once; the count follows 150 ms behind."""

    SCOPE = "segment"
    FOCUS = "FilterEditor"
    BINDINGS: ClassVar[list[BindingType]] = bindings("segment")
    CSS_PATH = "segment.tcss"

    def __init__(self, services: Services, segment_id: str) -> None:
        super().__init__(services)
        self.segment_id = segment_id
        self._editing: Editing | None = None
        self._fields: dict[str, FieldDefinition] = {field.key: field for field in BUILT_IN_FIELDS}
        self._ready = False

    @property
    def crumb(self) -> str:
        draft = self.services.drafts.get(DocKind.SEGMENT, self.segment_id)
        return str(draft.content.get("name") or "Untitled") if draft else "Segment"

    @property
    def document(self) -> tuple[DocKind, str]:
        return DocKind.SEGMENT, self.segment_id

    def body(self) -> ComposeResult:
        with Vertical(id="filter-side"):
            yield FilterEditor()
            yield Static("", id="fault", markup=False)
            yield Static("", id="offer", classes="quiet", markup=False)
        with Vertical(id="people-side"):
            yield Static("", id="count", markup=False)
            yield PagedList(COLUMNS)

    async def on_mount(self) -> None:
        self.query_one(FilterEditor).read_only = True
        self.read(self._open, "open")

    async def _open(self) -> None:
        editor = self.query_one(FilterEditor)
        try:
            self._fields = {f.key: f for f in await self.services.contacts.fields()}
        except ServiceError:
            self._fields = guess_fields(self._all_segments())
            self.say(_KNOWN_OFFLINE)
        try:
            self._editing = await self.services.drafts.edit(DocKind.SEGMENT, self.segment_id)
        except ServiceError as error:
            self._say_fault(str(error))
        editor.completer = lambda text, cursor: complete(text, cursor, self._fields)
        editor.text = self._stored_text()
        editor.move_cursor(editor.document.end)
        if editor.text == NO_ONE:
            editor.select_all()  # what is typed takes its place
        editor.read_only = self._editing is None
        self._ready = True
        if self._editing:
            self._check(editor.text)
        if self._editing is None:
            self.set_timer(_OTHER_WINDOW, lambda: self.read(self._open, "open"))
        await self._count(editor.text, 0)

    def _all_segments(self) -> list[Json]:
        drafts = self.services.drafts
        found = (drafts.get(DocKind.SEGMENT, summary.id) for summary in drafts.list(DocKind.SEGMENT))
        return [draft.content for draft in found if draft is not None]

    def _stored_text(self) -> str:
        draft = self.services.drafts.get(DocKind.SEGMENT, self.segment_id)
        return text_of(draft.content, self._fields) if draft else ""

    async def flush(self) -> None:
        if self._editing:
            await self._editing.flush()

    async def on_unmount(self) -> None:
        if self._editing:
            await self.attempt(self._editing.close)

    async def on_text_area_changed(self, event: TextArea.Changed) -> None:
        text = event.text_area.text
        if not self._ready or self._editing is None or text == self._stored_text():
            return
        self._check(text)
        content = with_text(self._editing.draft.content, text, self._fields)
        await self.attempt(lambda: self._store(content))
        self.show_badge()
        self.read(lambda: self._count(text, _DEBOUNCE), "count")

    async def _store(self, content: Json) -> None:
        assert self._editing
        await self._editing.change(content)

    def _check(self, text: str) -> None:
        fault = find_fault(text, self._fields)
        wrong = fault is not None and not fault.unfinished
        self.query_one(FilterEditor).mark_fault((fault.start, fault.end) if fault and wrong else None)
        self.query_one("#fault").set_class(not wrong, "-unfinished")
        self._say_fault(f"{fault.words} {_STILL}" if fault and wrong else _UNFINISHED if fault else "")
        self.query_one("#count").set_class(fault is not None, "-stale")

    def _say_fault(self, words: str) -> None:
        line = self.query_one("#fault", Static)
        line.update(plain(words))
        line.display = bool(words)

    def on_filter_editor_offered(self, event: FilterEditor.Offered) -> None:
        words = "   ".join(event.candidates[:12])
        self.query_one("#offer", Static).update(plain(f"tab  {words}" if words else ""))

    async def _count(self, text: str, delay: float) -> None:
        if find_fault(text, self._fields) or self.showing_members:
            return
        await self.services.clock.sleep(delay)
        try:
            answer = await self.services.audience.preview(text, self._id_on_server())
        except OfflineError:
            self._say_count(_COUNTED_LATER)
            self.query_one(PagedList).show_rows([])
            return
        if text != self.query_one(FilterEditor).text:
            return
        about = "about " if answer.approximate else ""
        shown = f", the first {len(answer.sample)} of them" if answer.count > len(answer.sample) else ""
        self._say_count(f"{about}{count_words(answer.count, 'contact')}{shown}")
        self.query_one(PagedList).show_rows([contact_row(contact) for contact in answer.sample])
        self.show_hints()

    def _id_on_server(self) -> str | None:
        draft = self.services.drafts.get(DocKind.SEGMENT, self.segment_id)
        return self.segment_id if draft and draft.facts else None

    def _say_count(self, words: str) -> None:
        self.query_one("#count", Static).update(plain(words))

    def failed(self, group: str, error: ServiceError) -> None:
        if group in ("count", "page"):
            self._say_count(str(error))
        else:
            super().failed(group, error)

    def why_not(self, verb: str) -> str | None:
        if verb == "explain" and find_fault(self.filter_text(), self._fields):
            return "Finish the filter first."
        if self._editing is None and verb in ("rename", "complete"):
            return "This is read-only here."
        if verb in _NEEDS_MEMBER and not self.showing_members:
            return "Show the members first (F3)."
        if verb in _NEEDS_MEMBER and self.query_one(PagedList).row is None:
            return "There is no contact on this line."
        return None

    def do_complete(self) -> None:
        self.query_one(FilterEditor).complete()

    async def do_rename(self) -> None:
        async def named(name: str | None) -> None:
            if name and self._editing:
                content = self._editing.draft.content | {"name": name}
                await self.attempt(lambda: self._store(content))
                self.show_frame()

        await self.app.push_screen(AskText("Rename the segment", value=self.crumb, check=check_name), named)

    def filter_text(self) -> str:
        """The filter as typed."""
        return self.query_one(FilterEditor).text

    def filter_node(self) -> AnyNode:
        return parse(self.filter_text(), self._fields)

    def show_sample(self) -> None:
        """Back from the members to the sample of the filter."""
        self.read(lambda: self._count(self.filter_text(), 0), "count")
        self.query_one(FilterEditor).focus()
