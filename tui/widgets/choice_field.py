"""One of a few words, all in sight: arrows or space change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


class ChoiceField(Widget, can_focus=True):
    """Shows every choice in a line, the chosen one marked by more than its colour."""

    DEFAULT_CSS = """
    ChoiceField { height: 1; width: 1fr; padding: 0 1; color: $quiet; }
    ChoiceField:focus { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Before", show=False),
        Binding("right,l,space,enter", "step(1)", "Next", show=False),
    ]

    @dataclass
    class Changed(Message):
        """The person chose."""

        field: ChoiceField
        value: str

    def __init__(self, choices: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.choices = tuple(choices)
        self._value = self.choices[0]

    @property
    def value(self) -> str:
        """The chosen word."""
        return self._value

    def show(self, value: str) -> None:
        """Take over a value; an unknown one is shown and kept until another is chosen."""
        if value != self._value:
            self._value = value
            self.refresh()

    def action_step(self, by: int) -> None:
        """The next or the one before, around the ends."""
        if self.disabled:
            return
        at = self.choices.index(self._value) if self._value in self.choices else -by
        self._choose(self.choices[(at + by) % len(self.choices)])

    def _choose(self, value: str) -> None:
        if value != self._value:
            self.show(value)
            self.post_message(self.Changed(self, value))

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.gutter.left
        for choice in self.choices:
            x -= len(choice) + 2
            if x < 0 and not self.disabled:
                self._choose(choice)
                return

    def render(self) -> Content:
        words = [
            Content.styled(f"[{choice}]", "bold $accent" if self.has_focus else "bold $foreground")
            if choice == self._value
            else Content(f" {choice} ")
            for choice in self.choices
        ]
        return Content("").join(words)
