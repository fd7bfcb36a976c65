"""The shape of a list: its columns, its rows, and how a row becomes one line of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.cells import cell_len, set_cell_size

from tui.text import clean

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in cells; with `grow` it takes a share of what is left. Hidden below `from_width`."""

    title: str
    width: int
    grow: int = 0
    right: bool = False
    from_width: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """`key` is the id of what the line stands for. `tones` colours cells by column number.

    Cells are somebody's text. A tone is one of good, warn, bad, quiet, accent. `data` is the screen's own.
    """

    key: str
    cells: tuple[str, ...]
    tones: dict[int, str] = field(default_factory=dict, hash=False)
    data: Any = field(default=None, compare=False)


def widths(columns: Sequence[Column], width: int) -> list[int]:
    """Cells of each column in a list of this width; 0 hides it."""
    shown = [column for column in columns if width >= column.from_width]
    room = width - sum(column.width for column in shown) - GAP * (len(shown) - 1)
    shares = sum(column.grow for column in shown) or 1
    result = []
    for column in columns:
        if column not in shown:
            result.append(0)
            continue
        extra = room * column.grow // shares if room > 0 else 0
        result.append(max(1, column.width + extra))
    return result


def fit_cell(text: str, width: int, *, right: bool = False) -> str:
    """Exactly `width` cells; a cut is shown by an ellipsis."""
    text = clean(text)
    length = cell_len(text)
    if length > width:
        return set_cell_size(set_cell_size(text, max(0, width - 1)).rstrip() + "…", width)
    return text.rjust(len(text) + width - length) if right else set_cell_size(text, width)
