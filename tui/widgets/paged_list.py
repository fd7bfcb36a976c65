"""One list for everything: a million rows open and scroll like fifty.

Only lines in sight are rendered, and only pages around them are asked for: the screen answers
`PageNeeded` with `show_page`. Positions count from 0. What is asked for is decided when the list scrolls or
is resized, never while painting.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.commands import Commanded, bindings
from tui.widgets.list_rows import GAP, Column, Row, fit_cell, widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

PAGE = 100
_PAGES_HELD = 40
_LINES_HELD = 2_000
_MARGIN = 2  # the marker column: a mark or nothing, then a space


class PagedList(Commanded, ScrollView, can_focus=True):
    """Header line, cursor, marks. Whole lists by `show_rows`, long ones by `open` and `show_page`."""

    DEFAULT_CSS = """
    PagedList {
        height: 1fr; background: $background; color: $foreground;
        overflow-x: hidden; scrollbar-size-vertical: 1;
    }
    PagedList > .list--header { color: $quiet; background: $background; }
    PagedList > .list--cursor { background: $row-cursor-blurred; }
    PagedList:focus > .list--cursor { background: $row-cursor; }
    PagedList > .list--mark { color: $accent; text-style: bold; }
    PagedList > .list--quiet { color: $quiet; }
    PagedList > .list--good { color: $success; }
    PagedList > .list--warn { color: $warning; }
    PagedList > .list--bad { color: $error; }
    PagedList > .list--accent { color: $accent; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--header", "list--cursor", "list--mark", "list--quiet",
        "list--good", "list--warn", "list--bad", "list--accent",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = bindings("list")

    total: var[int] = var(0)
    cursor: var[int] = var(0)

    @dataclass
    class PageNeeded(Message):
        """Rows `offset` to `offset + limit` are about to be seen. Answer with the same `generation`."""

        list: PagedList
        offset: int
        limit: int
        generation: int

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or the row under it has arrived. `row` is None until it is known."""

        list: PagedList
        position: int
        row: Row | None

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, PagedList.Moved) and message.list is self.list

    @dataclass
    class Chosen(Message):
        """The person wants this row."""

        list: PagedList
        row: Row

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._asked: set[int] = set()
        self._lines: dict[tuple[int, bool, bool], Strip] = {}
        self._generation = 0
        self.marks: dict[str, Row] = {}

    def show_rows(self, rows: Sequence[Row]) -> None:
        """A whole list at once; the cursor stays on the row it was on where that is still there."""
        key = self.row.key if self.row else None
        marks = self.marks
        self._forget()
        self.marks = {row.key: row for row in rows if row.key in marks}
        for start in range(0, len(rows), PAGE):
            self._pages[start // PAGE] = rows[start : start + PAGE]
        self.total = len(rows)
        same = next((at for at, row in enumerate(rows) if row.key == key), None)
        self.cursor = self.cursor if same is None else same
        self._resized()
        self._tell()

    def append(self, rows: Sequence[Row]) -> None:
        """More rows behind those of `show_rows`."""
        everything = [row for page in sorted(self._pages) for row in self._pages[page]] + list(rows)
        for start in range(self.total // PAGE * PAGE, len(everything), PAGE):
            self._pages[start // PAGE] = everything[start : start + PAGE]
        self.total = len(everything)
        self._resized()
        self.refresh()

    def open(self, total: int = 0) -> int:
        """Start over with a paged source; pages are asked for at once. Returns the generation."""
        self._forget()
        self.total = total
        self.cursor = 0
        self.scroll_to(y=0, animate=False)
        self._resized()
        self._ask(at_least=0)
        return self._generation

    def show_page(self, offset: int, rows: Sequence[Row], total: int, generation: int) -> None:
        """The answer to `PageNeeded`; an answer to an older generation is dropped."""
        if generation != self._generation:
            return
        page = offset // PAGE
        self._asked.discard(page)
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > _PAGES_HELD:
            self._pages.popitem(last=False)
        self._lines.clear()
        if total != self.total:
            self.total = total
            self._resized()
        self.refresh()
        if page == self.cursor // PAGE:
            self._tell()

    def page_failed(self, offset: int, generation: int) -> None:
        """The page could not be had; it is asked for again when it is next scrolled to."""
        if generation == self._generation:
            self._asked.discard(offset // PAGE)

    def row_at(self, position: int) -> Row | None:
        """The row at a position, None where it is not (yet) here."""
        page, at = divmod(position, PAGE)
        rows = self._pages.get(page)
        return rows[at] if rows and at < len(rows) else None

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.row_at(self.cursor) if self.total else None

    @property
    def chosen(self) -> list[Row]:
        """The marked rows, or else the one under the cursor."""
        return list(self.marks.values()) or ([self.row] if self.row else [])

    def _forget(self) -> None:
        self._generation += 1
        self._pages.clear()
        self._asked.clear()
        self._lines.clear()
        self.marks = {}
        self.refresh()

    def _tell(self) -> None:
        self.post_message(self.Moved(self, self.cursor, self.row))

    def _resized(self) -> None:
        self.virtual_size = Size(self.size.width, self.total + 1)

    @property
    def _rows_seen(self) -> int:
        return max(1, self.size.height - 1)

    def _ask(self, at_least: int | None = None) -> None:
        top = self.scroll_offset.y
        last = max(min(top + self._rows_seen, self.total - 1), 0)
        wanted = set(range(top // PAGE, last // PAGE + 1)) if self.total else set()
        if at_least is not None:
            wanted.add(at_least)
        for page in sorted(wanted - self._asked - self._pages.keys()):
            self._asked.add(page)
            self.post_message(self.PageNeeded(self, page * PAGE, PAGE, self._generation))

    def validate_cursor(self, value: int) -> int:
        return max(0, min(self.total - 1, value))

    def watch_cursor(self, old: int, new: int) -> None:
        top, seen = self.scroll_offset.y, self._rows_seen
        if new < top:
            self.scroll_to(y=new, animate=False)
        elif new >= top + seen:
            self.scroll_to(y=new - seen + 1, animate=False)
        for position in (old, new):
            self.refresh(Region(0, position - self.scroll_offset.y + 1, self.size.width, 1))
        self._tell()

    def watch_total(self) -> None:
        self.cursor = self.validate_cursor(self.cursor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._ask()

    def on_resize(self, _: events.Resize) -> None:
        self._lines.clear()
        self._resized()
        self._ask()

    def notify_style_update(self) -> None:
        self._lines.clear()
        super().notify_style_update()

    def on_click(self, event: events.Click) -> None:
        position = event.y - 1 + self.scroll_offset.y
        if event.y >= 1 and position < self.total:
            self.cursor = position
            if event.chain == 2:
                self.do_choose()

    def do_down(self) -> None:
        self.cursor += 1

    def do_up(self) -> None:
        self.cursor -= 1

    def do_page_down(self) -> None:
        self.cursor += self._rows_seen

    def do_page_up(self) -> None:
        self.cursor -= self._rows_seen

    def do_top(self) -> None:
        self.cursor = 0

    def do_bottom(self) -> None:
        self.cursor = self.total - 1

    def do_choose(self) -> None:
        if row := self.row:
            self.post_message(self.Chosen(self, row))

    def do_mark(self) -> None:
        if row := self.row:
            if self.marks.pop(row.key, None) is None:
                self.marks[row.key] = row
            self._lines.clear()
            self.refresh()
            self.cursor += 1
            self._tell()

    def do_unmark(self) -> None:
        self.marks.clear()
        self._lines.clear()
        self.refresh()
        self._tell()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            header = self.get_component_rich_style("list--header")
            return self._line([(column.title, "") for column in self._columns], header, " ", width)
        position = y - 1 + self.scroll_offset.y
        if position >= self.total:
            return Strip.blank(width, self.rich_style)
        return self._row_line(position, width)

    def _row_line(self, position: int, width: int) -> Strip:
        row = self.row_at(position)
        if row is None:
            return Strip([Segment(" " * _MARGIN + "…", self.rich_style)]).adjust_cell_length(
                width, self.rich_style
            )
        look = (position, position == self.cursor, row.key in self.marks)
        strip = self._lines.get(look)
        if strip is None:
            base = self.rich_style
            if look[1]:
                base += Style(bgcolor=self.get_component_rich_style("list--cursor").bgcolor)
            cells = [(text, row.tones.get(at, "")) for at, text in enumerate(row.cells)]
            strip = self._line(cells, base, "▌" if look[2] else " ", width)
            if len(self._lines) > _LINES_HELD:
                self._lines.clear()
            self._lines[look] = strip
        return strip

    def _line(self, cells: list[tuple[str, str]], base: Style, margin: str, width: int) -> Strip:
        marked = Style(color=self.get_component_rich_style("list--mark").color)
        segments = [Segment(margin + " ", base + marked)]
        for (text, tone), column, cell_width in zip(
            cells, self._columns, widths(self._columns, width - _MARGIN - 1), strict=False
        ):
            if not cell_width:
                continue
            style = base + Style(color=self.get_component_rich_style(f"list--{tone}").color) if tone else base
            segments.append(Segment(fit_cell(text, cell_width, right=column.right), style))
            segments.append(Segment(" " * GAP, base))
        return Strip(segments).adjust_cell_length(width, base)
