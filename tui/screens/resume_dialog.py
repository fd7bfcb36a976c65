"""What becomes of mails that were due while a sequence was paused: asked before any of them goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.choosing import ChooseWay
from tui.text import count_words

if TYPE_CHECKING:
    from contract.sequences import PauseSoFar

_WAYS = (
    ("shift", "Shift by the pause", "Everyone waits on as if it had not been paused."),
    ("spread", "Spread over a day", "They go evenly in the next 24 hours."),
    ("send", "Send now", "They all go at once."),
    ("skip", "Skip them", "Nobody gets them; the next step is waited for."),
)


class ResumeDialog(ChooseWay):
    """One of `contract.sequences.Overdue`; None to leave it paused."""

    def __init__(self, name: str, paused: PauseSoFar) -> None:
        mails = count_words(paused.overdue, "mail was", "mails were")
        # Of a pause of unknown length nobody can say by how much to shift.
        ways = _WAYS if paused.paused_at is not None else _WAYS[1:]
        super().__init__(f"Resume “{name}”?", f"{mails} due while it was paused.", ways, "leaves it paused")
