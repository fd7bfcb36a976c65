"""What happened over time: one chart above the other, on one time axis.

Each chart has its own scale, because a click is rare where a hundred mails were sent; what is too rare for a
chart is one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from tui.bars import chart, gathered

if TYPE_CHECKING:
    from collections.abc import Sequence

_GUTTER = 22
_TALLEST = 10
_ALONE_FROM = 2
"""Lines that a chart needs; with fewer it is one line."""


@dataclass(frozen=True, slots=True)
class Series:
    """`minor` ones are never more than a line. `tone` is a colour of the theme."""

    name: str
    values: Sequence[int]
    tone: str
    minor: bool = False

    @property
    def total(self) -> int:
        """Over the whole time."""
        return sum(self.values)


class CoursePlot(Widget):
    """Shows series of equal length; `labels` stand at the two ends of the time axis."""

    DEFAULT_CSS = "CoursePlot { height: 1fr; padding: 0 2; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._series: tuple[Series, ...] = ()
        self._labels = ("", "")

    def show(self, series: Sequence[Series], labels: tuple[str, str]) -> None:
        """Series without anything in them are left out."""
        self._series = tuple(one for one in series if one.total)
        self._labels = labels
        self.refresh()

    def render(self) -> Content:
        lines: list[Content] = []
        heights = _heights(self._series, self.size.height - 1)
        for one, height in zip(self._series, heights, strict=False):
            lines += _drawn(one, max(8, self.size.width - _GUTTER), height)
        if lines:
            lines.append(self._axis(max(8, self.size.width - _GUTTER)))
        return Content("\n").join(lines)

    def _axis(self, width: int) -> Content:
        columns = _columns(self._series[0].values, width)
        first, last = self._labels
        room = max(1, len(columns) - len(first) - len(last))
        return Content.styled(f"{'':{_GUTTER}}{first}{' ' * room}{last}", "$quiet")


def _heights(series: Sequence[Series], lines: int) -> list[int]:
    """As many lines for each chart as there are, evenly, between one and `_TALLEST`."""
    major = sum(not one.minor for one in series)
    room = lines - (len(series) - major)
    each = min(_TALLEST, room // major) if major else 1
    each = each if each >= _ALONE_FROM else 1
    return [1 if one.minor else each for one in series]


def _columns(values: Sequence[int], width: int) -> list[int]:
    """Gathered where there is too little room, wider columns where there is more."""
    columns = gathered(values, width)
    times = max(1, width // len(columns)) if columns else 1
    return [column for column in columns for _ in range(times)]


def _drawn(one: Series, width: int, height: int) -> list[Content]:
    columns = _columns(one.values, width)
    rows = chart(columns, height)
    highest = f"{max(columns, default=0):,}"
    name, total = f"{one.name:<13}", f"{one.total:,}"
    heads = [f"{name}{total:>7} "] if height == 1 else [f"{name}{highest:>7}┤", f"{total:<13}{'':>7}│"]
    heads += [f"{'':20}│"] * (height - len(heads))
    return [
        Content(f"{head:<{_GUTTER}}"[:_GUTTER]) + Content.styled(row, one.tone)
        for head, row in zip(heads, rows, strict=True)
    ]
