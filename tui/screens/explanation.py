"""Why a contact is in a segment or not: each condition, what the contact has, and whether it holds.

Conditions stand under the `any of` and `not` they belong to: one that holds may be why somebody is out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from contract.segment_ast import All, AnyOf, Not, children
from tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from contract.segment_ast import AnyNode
    from contract.segments import Explanation, Verdict

_BY_HAND = {
    "include": "Somebody included this contact by hand; the filter is not asked.",
    "exclude": "Somebody took this contact out by hand; the filter is not asked.",
}


def explain(address: str, explanation: Explanation, node: AnyNode) -> Content:
    """The whole answer as text. `node`: the filter whose conditions it is about, in their order."""
    outcome = "is in" if explanation.member else "is out"
    lines = [Content.styled(f"{clean(address)} {outcome}", "bold"), Content("")]
    if explanation.manual:
        lines += [Content(_BY_HAND.get(explanation.manual, clean(explanation.manual))), Content("")]
    verdicts = iter(explanation.verdicts)
    if isinstance(node, All):
        for child in node.all:
            lines += _judged(child, verdicts, "")[0]
    else:
        lines += _judged(node, verdicts, "")[0]
    return Content("\n").join(lines)


def _judged(node: AnyNode, verdicts: Iterator[Verdict], indent: str) -> tuple[list[Content], bool]:
    """The lines of a part of the filter, and whether it holds."""
    below = [_judged(child, verdicts, f"{indent}  ") for _, child in children(node)]
    lines, held = [line for part, _ in below for line in part], [holds for _, holds in below]
    match node:
        case All():
            return _line("all of" if below else "everyone", indent, holds=all(held)) + lines, all(held)
        case AnyOf():
            return _line("any of" if below else "no one", indent, holds=any(held)) + lines, any(held)
        case Not():
            return _line("not", indent, holds=not held[0]) + lines, not held[0]
    verdict = next(verdicts, None)
    if verdict is None:  # the server knows this condition no more
        return [], False
    value = clean(verdict.value) if verdict.value not in ("", "None") else "none"
    has = Content.styled(f"{indent}    has {value}", "$quiet")
    return [*_line(verdict.text, indent, holds=verdict.holds), has], verdict.holds


def _line(words: str, indent: str, *, holds: bool) -> list[Content]:
    mark, tone = ("✓", "$success") if holds else ("\u00d7", "$error")
    return [Content(indent) + Content.styled(f"{mark} ", tone) + Content(clean(words))]


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

    def __init__(self, address: str, explanation: Explanation, node: AnyNode) -> None:
        super().__init__()
        self._address, self._explanation, self._node = address, explanation, node

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box"):
            yield Static(explain(self._address, self._explanation, self._node))
            yield Static("\nesc closes this", classes="quiet", markup=False)
