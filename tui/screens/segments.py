"""The segments: who gets what, with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from localstore.records import DocKind
from sync.errors import OfflineError, ServiceError
from tui.commands import bindings
from tui.places import open_segment
from tui.screens.document_list import DocumentListPlace
from tui.segment_words import filter_words
from tui.status_words import document_state
from tui.widgets.list_rows import Column, Row

if TYPE_CHECKING:
    from textual.binding import BindingType

    from localstore.records import DocSummary, Json
    from tui.services import Services


class SegmentsSection(DocumentListPlace):
    """Enter opens the filter and its members."""

    SCOPE = "segments"
    KIND = DocKind.SEGMENT
    NOUN = "segment"
    EMPTY = "There are no segments yet. Press n to say who should get your mails."
    BINDINGS: ClassVar[list[BindingType]] = bindings("segments")
    COLUMNS = (
        Column("Name", 16, grow=2),
        Column("Contacts", 11, right=True),
        Column("Filter", 20, grow=4, from_width=60),
        Column("Here and there", 19, from_width=110),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._counts: dict[str, int] = {}

    def on_screen_resume(self) -> None:
        self.read(self._count, "count")

    async def _count(self) -> None:
        """One after the other, so that a long list does not crowd the server."""
        for summary in self.services.drafts.list(DocKind.SEGMENT):
            try:
                page = await self.services.audience.members(summary.id, 0, 1)
            except OfflineError:
                return
            except ServiceError:
                continue  # not at the server yet
            self._counts[summary.id] = page.total
            self.changed()

    def row(self, summary: DocSummary) -> Row:
        count = self._counts.get(summary.id, summary.fields.get("memberCount"))
        shown = f"{count:,}" if isinstance(count, int) else "not counted"
        state = document_state(summary.state)
        words, tone = filter_words(summary.fields)
        cells = (summary.name, shown, words, state.text)
        return Row(summary.id, cells, {1: "" if count is not None else "quiet", 2: tone, 3: state.tone})

    def new_content(self, name: str) -> Json:
        """Nobody, until somebody says whom: what is left half done then mails no one."""
        return {"name": name, "dslJson": {"any": []}}

    async def open_document(self, id: str) -> None:
        await open_segment(self.app, self.services, id)
