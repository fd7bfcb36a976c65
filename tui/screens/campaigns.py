"""The first screen: every campaign, where it stands, and when it goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from localstore.records import DocKind
from tui.commands import bindings
from tui.places import open_composer, open_deliveries, open_report
from tui.schedule import read_schedule
from tui.screens.document_list import DocumentListPlace
from tui.status_words import campaign_status, document_state
from tui.widgets.list_rows import Column, Row

if TYPE_CHECKING:
    from textual.binding import BindingType

    from localstore.records import DocSummary, Json, SavedMail

_UNDELETABLE = {"SCHEDULED", "SENDING", "PAUSED"}
_REPORTED = {"SENDING", "PAUSED", "SENT", "CANCELLED"}


def _on_its_way(summary: DocSummary) -> bool:
    return summary.fields.get("status") in _UNDELETABLE


class CampaignsScreen(DocumentListPlace):
    """Enter opens the composer."""

    SCOPE = "campaigns"
    KIND = DocKind.CAMPAIGN
    NOUN = "campaign"
    EMPTY = "There are no campaigns yet. Press n to write the first one."
    BINDINGS: ClassVar[list[BindingType]] = bindings("campaigns")
    COLUMNS = (
        Column("Name", 16, grow=3),
        Column("Status", 12),
        Column("Segment", 14, grow=1, from_width=64),
        Column("When", 17),
        Column("Here and there", 19, from_width=96),
    )

    def row(self, summary: DocSummary) -> Row:
        status = campaign_status(summary.fields.get("status"))
        when = read_schedule(summary.fields).clock(self.services.clock.now())
        state = document_state(summary.state)
        cells = (summary.name, status.text, self._segment_name(summary), when, state.text)
        return Row(summary.id, cells, {1: status.tone, 2: "quiet", 4: state.tone})

    def changed(self) -> None:
        self._segments = {s.id: s.name for s in self.services.drafts.list(DocKind.SEGMENT)}
        super().changed()

    def _segment_name(self, summary: DocSummary) -> str:
        segment = summary.fields.get("segmentId")
        return self._segments.get(str(segment), "not here") if segment else "none chosen"

    def why_not(self, verb: str) -> str | None:
        if verb == "delete" and (moving := next(filter(_on_its_way, self.chosen), None)):
            return f"“{moving.name}” is on its way. Cancel it in the outbox first (press 5)."
        if verb == "report" and self.current and self.current.fields.get("status") not in _REPORTED:
            return "There is no report before it is sent."
        return super().why_not(verb)

    def new_content(self, name: str) -> Json:
        from contract.blocks import dump_document, empty_document  # after the first paint

        return {
            "name": name,
            "contentJson": dump_document(empty_document()),
            "segmentId": None,
            "sendAt": None,
        }

    async def do_from_template(self) -> None:
        from tui.editing.document import blocks_of, fresh
        from tui.screens.keeping import templates
        from tui.screens.saved_picker import SavedPicker

        async def chosen(saved: SavedMail | None) -> None:
            if saved is not None:
                document = saved.content_json
                mail = document | {"blocks": fresh(blocks_of(document))}
                await self.start_new({"contentJson": mail}, saved.name)

        await self.app.push_screen(SavedPicker(templates(self.services), "Start from a template"), chosen)

    async def open_document(self, id: str) -> None:
        await open_composer(self.app, self.services, id)

    async def do_report(self) -> None:
        if self.current:
            await open_report(self.app, self.services, DocKind.CAMPAIGN, self.current.id)

    async def do_mails(self) -> None:
        if self.current:
            await open_deliveries(self.app, self.services, DocKind.CAMPAIGN, self.current.id)
