"""Who gets it: the segments of this workspace with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from localstore.records import DocKind
from tui.segment_words import filter_words
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from localstore.records import DocSummary
    from tui.services import Services


class SegmentPicker(ModalScreen[str | None]):
    """Returns a segment's id; None if nothing is to change."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    SegmentPicker { align: center middle; background: $background 60%; }
    SegmentPicker > #box {
        width: 72; max-width: 94%; height: auto; max-height: 90%; padding: 1 2;
        background: $surface; border: round $border;
    }
    SegmentPicker #title { text-style: bold; margin-bottom: 1; }
    SegmentPicker Input { background: $panel; margin-bottom: 1; }
    SegmentPicker PagedList { height: 10; background: $surface; }
    SegmentPicker .quiet { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, services: Services, chosen: str | None, *, title: str = "Who gets it?") -> None:
        super().__init__()
        self._services, self._chosen, self._title = services, chosen, title

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._title, id="title", markup=False)
            yield Input(placeholder="type to find a segment")
            yield PagedList(
                (
                    Column("Segment", 16, grow=1),
                    Column("Filter", 12, grow=2),
                    Column("Contacts", 9, right=True),
                )
            )
            yield Static("", id="none", classes="quiet", markup=False)
            yield Static("enter chooses, esc leaves it as it is", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self._show("")
        rows = self.query_one(PagedList)
        at = next((n for n in range(rows.total) if (r := rows.row_at(n)) and r.key == self._chosen), 0)
        rows.cursor = at

    def _show(self, words: str) -> None:
        segments = self._services.drafts.list(DocKind.SEGMENT)
        found = [s for s in segments if all(w in s.name.lower() for w in words.lower().split())]
        self.query_one(PagedList).show_rows([_row(segment) for segment in found])
        none = self.query_one("#none", Static)
        none.display = not found
        words = (
            "No segment has this name." if segments else "There are no segments yet. Make one first: press 2."
        )
        none.update(words)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def on_input_submitted(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            _ = self.dismiss(row.key)

    def on_paged_list_chosen(self, event: PagedList.Chosen) -> None:
        _ = self.dismiss(event.row.key)

    def action_step(self, by: int) -> None:
        """Move in the list while the words stay in the field."""
        self.query_one(PagedList).cursor += by


def _row(segment: DocSummary) -> Row:
    words, tone = filter_words(segment.fields)
    return Row(segment.id, (segment.name, words, _count(segment.fields)), {1: tone})


def _count(fields: dict[str, object]) -> str:
    count = fields.get("memberCount")
    return f"{count:,}" if isinstance(count, int) else "?"
