"""From the segment to those who will be mailed, as bars: who drops out, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from contract.delivery import Funnel

_LABEL, _NUMBER = 16, 10


def _line(label: str, count: int, of: int, width: int, tone: str) -> Content:
    room = max(4, width - _LABEL - _NUMBER - 2)
    filled = round(room * count / of) if of else 0
    filled = max(filled, 1) if count else 0
    number = f"{count:,}".rjust(_NUMBER)
    return (
        Content.styled(label.ljust(_LABEL), "$quiet" if tone != "$success" else "bold")
        + Content.styled("━" * filled, tone)
        + Content.styled("─" * (room - filled), "$border-blurred")
        + Content.styled(f" {number}", "bold" if tone == "$success" else "")
    )


def funnel_bars(funnel: Funnel, width: int) -> Content:
    """One line a step, in `width` cells."""
    steps = [
        ("in the segment", funnel.matched, "$accent"),
        ("- suppressed", funnel.suppressed, "$error"),
        ("- unsubscribed", funnel.unsubscribed, "$warning"),
        ("- same address", funnel.duplicate, "$warning"),
        *([("- had enough", funnel.capped, "$warning")] if funnel.capped else []),
        ("will get it", funnel.will_send, "$success"),
    ]
    return Content("\n").join(_line(label, n, funnel.matched, width, tone) for label, n, tone in steps)
