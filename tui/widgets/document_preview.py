"""A mail as it will read, block under block; an edit repaints the lines it changed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from tui.widgets.changed_lines import ChangedLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.content import Content

_MARGIN = 2
_KEPT = 4_000


@dataclass(slots=True)
class _Shown:
    content: Content
    lines: list[Content]
    looks: list[Hashable]


class DocumentPreview(ChangedLines, ScrollView, can_focus=True):
    """Knows pictures of blocks by id, and which block is chosen."""

    DEFAULT_CSS = """
    DocumentPreview { height: 1fr; background: $surface; scrollbar-size-vertical: 1; }
    DocumentPreview > .preview--chosen { color: $accent; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"preview--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]

    @dataclass
    class Pointed(Message):
        """The person clicked a block."""

        block_id: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pictures: dict[str, _Shown] = {}
        self._lines: list[tuple[str, int]] = []
        self._strips: dict[Hashable, Strip] = {}
        self._chosen: str | None = None

    @property
    def room(self) -> int:
        """Cells for a line of mail."""
        return max(8, self.scrollable_content_region.width - _MARGIN)

    @property
    def text(self) -> str:
        """What can be read, for tests and for the clipboard."""
        return "\n".join(self._pictures[key].lines[at].plain for key, at in self._lines)

    def show(self, pictures: Sequence[tuple[str, Content]], chosen: str | None) -> None:
        """Pictures of blocks in order; one that is the same object as before is not looked at again."""
        known, lines = self._pictures, []
        self._pictures = {}
        for key, content in pictures:
            shown = known.get(key)
            if shown is None or shown.content is not content:
                split = content.split("\n", allow_blank=True)
                shown = _Shown(content, split, [(line.plain, tuple(line.spans)) for line in split])
            self._pictures[key] = shown
            lines += [(key, at) for at in range(len(shown.lines))]
        self._lines, self._chosen = lines, chosen
        size = Size(self.scrollable_content_region.width, len(lines))
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def reveal(self, block_id: str) -> None:
        """Scroll a block into sight."""
        at = [y for y, (key, _) in enumerate(self._lines) if key == block_id]
        top, height = self.scroll_offset.y, self.size.height
        if at and (at[0] < top or at[-1] >= top + height):
            self.scroll_to(y=max(0, min(at[0] - 1, at[-1] - height + 2)), animate=False)

    def on_click(self, event: events.Click) -> None:
        y = event.y + self.scroll_offset.y
        if y < len(self._lines) and self._lines[y][0]:
            self.post_message(self.Pointed(self._lines[y][0]))

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def line_look(self, y: int) -> Hashable:
        y += self.scroll_offset.y
        if y >= len(self._lines):
            return None
        key, at = self._lines[y]
        return (self._pictures[key].looks[at], bool(key) and key == self._chosen)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        look = self.line_look(y)
        if look is None:
            return Strip.blank(width, self.visual_style.rich_style)
        strip = self._strips.get((look, width))
        if strip is None:
            if len(self._strips) > _KEPT:
                self._strips.clear()
            strip = self._strips[look, width] = self._paint(y + self.scroll_offset.y, width)
        return strip

    def _paint(self, y: int, width: int) -> Strip:
        key, at = self._lines[y]
        line = self._pictures[key].lines[at]
        room = max(1, width - _MARGIN)
        body = Visual.to_strips(self, line, room, 1, self.visual_style, pad=True)[:1]
        chosen = bool(key) and key == self._chosen
        back = self.visual_style.rich_style
        mark = Style(color=self.get_component_rich_style("preview--chosen").color)
        margin = Strip([Segment("▎ " if chosen else "  ", back + mark)], _MARGIN)
        return Strip.join([margin, *body]).adjust_cell_length(width, back)
