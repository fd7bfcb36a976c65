"""Numbers as pictures made of characters, which need no colour to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS = " ▁▂▃▄▅▆▇█"


def progress_bar(done: int, total: int, width: int) -> str:
    """`━━━━━━────  60 %`, exactly `width` cells and five for the figure."""
    share = min(1.0, done / total) if total else 0.0
    full = int(share * width)
    figure = 100 if done >= total else min(99, int(share * 100))
    return f"{'━' * full}{'─' * (width - full)} {figure:>3} %"


def sparkline(values: Sequence[int], width: int) -> str:
    """The values, oldest first, gathered into at most `width` columns; the highest fills its cell."""
    if not values or width <= 0:
        return ""
    columns = min(width, len(values))
    sums = [
        sum(values[len(values) * n // columns : len(values) * (n + 1) // columns]) for n in range(columns)
    ]
    top = max(sums) or 1
    return "".join(_STEPS[0 if value == 0 else max(1, value * 8 // top)] for value in sums)
