"""How long a step waits: asked the same way in the list of steps and in a step's own editor."""

from __future__ import annotations

from tui.editing.delays import EXAMPLES, DelayError, parse_delay
from tui.screens.dialogs import AskText


def _check(text: str) -> str | None:
    try:
        parse_delay(text)
    except DelayError as error:
        return str(error)
    return None


def ask_delay(hours: float) -> AskText:
    """A question whose answer `parse_delay` takes."""
    return AskText(
        "How long after the step before it?",
        f"For the first step: after entering the segment.\n{EXAMPLES}",
        value=f"{hours:g}",
        check=_check,
    )
