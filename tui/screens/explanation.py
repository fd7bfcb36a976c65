"""Why a contact is in a segment or not: each condition, what the contact has, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from contract.segments import Explanation

_BY_HAND = {
    "include": "Somebody included this contact by hand; the filter is not asked.",
    "exclude": "Somebody took this contact out by hand; the filter is not asked.",
}


def explain(address: str, explanation: Explanation) -> Content:
    """The whole answer as text."""
    outcome = "is in" if explanation.member else "is out"
    lines = [Content.styled(f"{clean(address)} {outcome}", "bold"), Content("")]
    if explanation.manual:
        lines += [Content(_BY_HAND.get(explanation.manual, clean(explanation.manual))), Content("")]
    for verdict in explanation.verdicts:
        mark, tone = ("✓", "$success") if verdict.holds else ("\u00d7", "$error")
        value = f"    has {clean(verdict.value)}" if verdict.value not in ("", "None") else "    has none"
        lines.append(Content.styled(f"{mark} ", tone) + Content(clean(verdict.text)))
        lines.append(Content.styled(value, "$quiet"))
    return Content("\n").join(lines)


class ExplanationScreen(ModalScreen[None]):
    """Any of the usual keys closes it."""

    DEFAULT_CSS = """
    ExplanationScreen { align: center middle; background: $background 60%; }
    ExplanationScreen > #box {
        width: 72; max-width: 94%; height: auto; max-height: 90%; padding: 1 2;
        background: $surface; border: round $border; scrollbar-size-vertical: 1;
    }
    ExplanationScreen Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q,minus", "dismiss(None)", "Close", show=False)
    ]

    def __init__(self, address: str, explanation: Explanation) -> None:
        super().__init__()
        self._address, self._explanation = address, explanation

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box"):
            yield Static(explain(self._address, self._explanation))
            yield Static("\nesc closes this", classes="quiet", markup=False)
