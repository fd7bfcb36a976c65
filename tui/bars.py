"""Numbers as pictures made of characters, which need no colour to be read."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS = " ▁▂▃▄▅▆▇█"
_PARTS = " ▏▎▍▌▋▊▉█"


def progress_bar(done: int, total: int, width: int) -> str:
    """`━━━━━━────  60 %`, exactly `width` cells and five for the figure."""
    share = min(1.0, done / total) if total else 0.0
    full = int(share * width)
    figure = 100 if done >= total else min(99, int(share * 100))
    return f"{'━' * full}{'─' * (width - full)} {figure:>3} %"


def gathered(values: Sequence[int], width: int) -> list[int]:
    """The values, oldest first, summed up into at most `width` columns."""
    columns = min(width, len(values))
    if columns <= 0:
        return []
    edges = [len(values) * n // columns for n in range(columns + 1)]
    return [sum(values[start:end]) for start, end in pairwise(edges)]


def sparkline(values: Sequence[int], width: int) -> str:
    """The values, oldest first, gathered into at most `width` columns; the highest fills its cell."""
    return "".join(chart(gathered(values, width), 1))


def chart(values: Sequence[int], height: int) -> list[str]:
    """A column for each value, from the top line down; whatever there is shows at least a trace."""
    top = max(values, default=0)
    eighths = [max(1, value * 8 * height // top) if value else 0 for value in values]
    return [
        "".join(_STEPS[max(0, min(8, filled - 8 * line))] for filled in eighths)
        for line in reversed(range(height))
    ]


def share_bar(part: int, whole: int, width: int) -> str:
    """`███▌`, at most `width` cells; whatever there is shows at least a trace."""
    eighths = min(8 * width, max(1, part * 8 * width // whole)) if part and whole else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (_PARTS[rest] if rest else "")


def percent(part: int, whole: int) -> str:
    """`12.5 %`; nothing of nothing."""
    return f"{part * 100 / whole:.1f} %" if whole else ""
