"""The sequences: mails with a delay between them, for everyone who enters a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from localstore.records import DocKind
from tui.commands import bindings
from tui.places import open_deliveries, open_report
from tui.screens.document_list import DocumentListPlace
from tui.status_words import document_state, sequence_status
from tui.widgets.list_rows import Column, Row

if TYPE_CHECKING:
    from textual.binding import BindingType

    from localstore.records import DocSummary, Json


class SequencesScreen(DocumentListPlace):
    """Enter opens the steps."""

    SCOPE = "sequences"
    KIND = DocKind.SEQUENCE
    NOUN = "sequence"
    EMPTY = "There are no sequences yet. Press n to start one: a welcome in three mails, for example."
    BINDINGS: ClassVar[list[BindingType]] = bindings("sequences")
    COLUMNS = (
        Column("Name", 16, grow=3),
        Column("Status", 10),
        Column("Segment", 14, grow=1, from_width=64),
        Column("Steps", 5, right=True),
        Column("In it", 7, right=True),
        Column("Here and there", 19, from_width=96),
    )

    def row(self, summary: DocSummary) -> Row:
        fields = summary.fields
        status, state = sequence_status(fields.get("status")), document_state(summary.state)
        if fields.get("held"):
            status = sequence_status("HELD")
        cells = (
            summary.name,
            status.text,
            self._segment_name(fields.get("segmentId")),
            str(fields.get("stepCount") or 0),
            f"{int(fields.get('activeEnrolments') or 0):,}",
            "changes not published" if fields.get("unpublishedChanges") else state.text,
        )
        return Row(summary.id, cells, {1: status.tone, 2: "quiet", 5: state.tone})

    def changed(self) -> None:
        self._segments = {s.id: s.name for s in self.services.drafts.list(DocKind.SEGMENT)}
        super().changed()

    def _segment_name(self, segment: str | None) -> str:
        return self._segments.get(segment, "not here") if segment else "none chosen"

    def why_not(self, verb: str) -> str | None:
        status = str(self.current.fields.get("status") or "DRAFT") if self.current else "DRAFT"
        if verb == "delete" and status == "ACTIVE":
            return "It is running. Open it and pause it first."
        if verb in ("people", "report", "mails"):
            if self.current is None:
                return "There is no sequence on this line. Press n to start one."
            return "It was never activated, so nobody is in it." if status == "DRAFT" else None
        return super().why_not(verb)

    def new_content(self, name: str) -> Json:
        from tui.editing.steps import new_step  # brings pydantic with it

        return {"name": name, "segmentId": None, "steps": [new_step(0)]}

    async def open_document(self, id: str) -> None:
        from tui.screens.sequence import SequenceScreen

        await self.app.push_screen(SequenceScreen(self.services, id))

    async def do_people(self) -> None:
        from tui.screens.enrolments import EnrolmentsScreen

        if self.current:
            await self.app.push_screen(EnrolmentsScreen(self.services, self.current.id))

    async def do_report(self) -> None:
        if self.current:
            await open_report(self.app, self.services, DocKind.SEQUENCE, self.current.id)

    async def do_mails(self) -> None:
        if self.current:
            await open_deliveries(self.app, self.services, DocKind.SEQUENCE, self.current.id)
