"""What the lists of campaigns, segments and sequences share: filter, new, duplicate, delete with undo.

Lists read from this computer, so they are there at once and offline.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

from textual.widgets import Input, Static

from localstore.records import DocKind, DocSummary
from tui.places import open_history, open_hold
from tui.screens.dialogs import AskText, Confirm
from tui.screens.filtered import FilteredPlace
from tui.text import count_words
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from localstore.records import Json
    from tui.widgets.list_rows import Column, Row

_NEEDS_LINE = {"open", "duplicate", "delete", "report", "mails", "hold", "history"}


def check_name(text: str) -> str | None:
    """What is wrong with a document's name; None if nothing is."""
    if not text:
        return "A name helps to find it again."
    return "At most 200 characters, please." if len(text) > 200 else None


class DocumentListPlace(FilteredPlace):
    """Subclasses say what a row shows, what is new, and how one is opened."""

    KIND: ClassVar[DocKind]
    COLUMNS: ClassVar[Sequence[Column]]
    NOUN: ClassVar[str]
    EMPTY: ClassVar[str]

    def __init__(self, services: Any) -> None:
        super().__init__(services)
        self._words = ""
        self._filters: dict[str, str] = {}
        self._shown: list[DocSummary] = []

    def row(self, summary: DocSummary) -> Row:
        """One line of the list."""
        raise NotImplementedError

    def new_content(self, name: str) -> Json:
        """What a new document starts with."""
        raise NotImplementedError

    async def open_document(self, id: str) -> None:
        """Show one document."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        yield Input(placeholder="filter: type words, esc shows all", classes="filter", id="filter")
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)

    def changed(self) -> None:
        everything = self.services.drafts.list(self.KIND)
        self._shown = [summary for summary in everything if self._wanted(summary)]
        rows = self.query_one(PagedList)
        rows.show_rows([self.row(summary) for summary in self._shown])
        self.show_list(rows, "" if self._shown else self._why_empty(bool(everything)))
        self.show_hints()

    def _why_empty(self, some: bool) -> str:
        return "Nothing fits this filter. Press esc to see all again." if some else self.EMPTY

    def _wanted(self, summary: DocSummary) -> bool:
        text = f"{summary.name} {summary.fields.get('status') or 'draft'}".lower()
        fits = all(str(summary.fields.get(k) or "draft").lower() == v for k, v in self._filters.items())
        return fits and all(word in text for word in self._words.lower().split())

    @property
    def current(self) -> DocSummary | None:
        """The document under the cursor."""
        row = self.query_one(PagedList).row
        return next((s for s in self._shown if row and s.id == row.key), None)

    @property
    def chosen(self) -> list[DocSummary]:
        """The marked documents, or else the one under the cursor."""
        keys = {row.key for row in self.query_one(PagedList).chosen}
        return [summary for summary in self._shown if summary.id in keys]

    def why_not(self, verb: str) -> str | None:
        current = self.current
        if verb in _NEEDS_LINE and current is None:
            return f"There is no {self.NOUN} on this line. Press n to start one."
        if verb == "hold" and current and current.state.hold is None:
            return "Nothing here waits for your decision."
        return None

    def apply_goto(self, filters: dict[str, str], words: str) -> None:
        self._filters = {key: value.lower() for key, value in filters.items()}
        self._set_words(words)

    def _set_words(self, words: str) -> None:
        self.fill_filter(words)
        self._words = words
        self.changed()

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "filter":
            self._words = event.value
            self.changed()

    def key_escape(self) -> None:
        """Show all again."""
        if self._words or self._filters or isinstance(self.focused, Input):
            self._filters = {}
            self._set_words("")
            self.query_one(PagedList).focus()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command(f"{self.SCOPE}.open")

    def on_paged_list_moved(self) -> None:
        self.show_hints()

    async def do_open(self) -> None:
        if self.current:
            await self.open_document(self.current.id)

    async def do_hold(self) -> None:
        if self.current:
            await open_hold(self.app, self.services, self.KIND, self.current.id)

    async def do_history(self) -> None:
        if self.current:
            await open_history(self.app, self.services, self.KIND, self.current.id)

    async def do_new(self) -> None:
        await self.start_new({})

    async def start_new(self, given: Json, name: str = "") -> None:
        """Ask for a name and open a new document; what is `given` takes the place of what it starts with."""

        async def named(chosen: str | None) -> None:
            if chosen:
                await self._create(self.new_content(chosen) | given)

        ask = AskText(f"New {self.NOUN}", value=name, placeholder="name", check=check_name)
        await self.app.push_screen(ask, named)

    async def _create(self, content: Json) -> None:
        async def store() -> None:
            id = await self.services.drafts.create(self.KIND, content)
            self._point_at(id)
            await self.open_document(id)

        await self.attempt(store)

    async def do_duplicate(self) -> None:
        draft = self.services.drafts.get(self.KIND, self.current.id) if self.current else None
        if draft:
            content = copy.deepcopy(draft.content)
            content |= {"name": f"{content.get('name', '')} (copy)"[:200]}
            if "sendAt" in content:
                content["sendAt"] = None
            self._point_at(await self.services.drafts.create(self.KIND, content))
            self.say("Copied. The copy is under the cursor.")

    def _point_at(self, id: str) -> None:
        """The cursor stands on what was made just now, also when one comes back from it."""
        self.changed()
        at = next((n for n, summary in enumerate(self._shown) if summary.id == id), None)
        if at is not None:
            self.query_one(PagedList).cursor = at

    async def do_delete(self) -> None:
        chosen = self.chosen
        names = ", ".join(f"“{summary.name}”" for summary in chosen[:3])
        more = f" and {len(chosen) - 3} more" if len(chosen) > 3 else ""
        question = Confirm(
            f"Delete {count_words(len(chosen), self.NOUN)}?",
            f"{names}{more}\n\nYou can bring it back with u for 10 seconds.",
            "Delete",
        )

        async def answered(yes: bool | None) -> None:
            if yes:
                await self.attempt(lambda: self._delete(chosen))

        await self.app.push_screen(question, answered)

    async def _delete(self, chosen: list[DocSummary]) -> None:
        for summary in chosen:
            await self.services.drafts.delete(self.KIND, summary.id)

        async def restore() -> None:
            for summary in chosen:
                await self.services.drafts.undelete(self.KIND, summary.id)

        name = chosen[0].name if len(chosen) == 1 else count_words(len(chosen), self.NOUN)
        self.app.undo_shelf.put(name, restore)  # type: ignore[attr-defined]
        self.say(f"Deleted {name}. Press u to bring it back.")
