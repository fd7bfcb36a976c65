"""The steps of a sequence on a time line: how long each waits, on which day it comes, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from tui.commands import Commanded, bindings
from tui.text import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual import events
    from textual.binding import BindingType

_TALL = 2
_DAY = 14
_NOTE = 12


@dataclass(frozen=True, slots=True)
class StepLine:
    """`subject` is somebody's text; `tone` colours the note (a theme colour)."""

    key: str
    day: str
    wait: str
    subject: str
    note: str = ""
    tone: str = "$quiet"


class StepTimeline(Commanded, ScrollView, can_focus=True):
    """Two lines a step. `choose` is called within the key."""

    DEFAULT_CSS = """
    StepTimeline { height: 1fr; background: $background; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in bindings("list")
        if isinstance(binding, Binding) and binding.id not in ("list.mark", "list.unmark")
    ]

    cursor: var[int] = var(0)

    @dataclass
    class Moved(Message):
        """The cursor is on another step."""

        key: str | None

    def __init__(self, choose: Callable[[], Awaitable[None]], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choose = choose
        self._steps: tuple[StepLine, ...] = ()

    def show(self, steps: Sequence[StepLine], focus: str | None = None) -> None:
        """Show steps; the cursor goes to `focus`, or stays on the step it was on."""
        key = focus or self.key
        self._steps = tuple(steps)
        self.virtual_size = Size(self.size.width, len(steps) * _TALL)
        same = next((at for at, step in enumerate(steps) if step.key == key), None)
        self.cursor = self.cursor if same is None else same
        self.cursor = self.validate_cursor(self.cursor)
        self.refresh()
        self.post_message(self.Moved(self.key))

    @property
    def key(self) -> str | None:
        """The step under the cursor."""
        return self._steps[self.cursor].key if self.cursor < len(self._steps) else None

    @property
    def steps(self) -> tuple[StepLine, ...]:
        """What is shown, first step first."""
        return self._steps

    def validate_cursor(self, value: int) -> int:
        return max(0, min(len(self._steps) - 1, value))

    def watch_cursor(self, new: int) -> None:
        top, seen = self.scroll_offset.y, max(_TALL, self.size.height)
        if new * _TALL < top:
            self.scroll_to(y=new * _TALL, animate=False)
        elif (new + 1) * _TALL > top + seen:
            self.scroll_to(y=(new + 1) * _TALL - seen, animate=False)
        self.refresh()
        self.post_message(self.Moved(self.key))

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._steps) * _TALL)

    def on_click(self, event: events.Click) -> None:
        self.cursor = (event.y + self.scroll_offset.y) // _TALL

    def do_down(self) -> None:
        self.cursor += 1

    def do_up(self) -> None:
        self.cursor -= 1

    def do_page_down(self) -> None:
        self.cursor += max(1, self.size.height // _TALL)

    def do_page_up(self) -> None:
        self.cursor -= max(1, self.size.height // _TALL)

    def do_top(self) -> None:
        self.cursor = 0

    def do_bottom(self) -> None:
        self.cursor = len(self._steps) - 1

    async def do_choose(self) -> None:
        if self.key is not None:
            await self._choose()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        at, part = divmod(y + self.scroll_offset.y, _TALL)
        if at >= len(self._steps):
            return Strip.blank(width, self.rich_style)
        line = self._wait_line(at) if part == 0 else self._step_line(self._steps[at], width)
        if at == self.cursor:
            back = "$row-cursor" if self.has_focus else "$row-cursor-blurred"
            line = line.pad_right(max(0, width - line.cell_length)).stylize(f"on {back}")
        return Visual.to_strips(self, line, width, 1, self.visual_style, pad=True)[0]

    def _wait_line(self, at: int) -> Content:
        after = "after entering" if at == 0 else "later"
        wait = self._steps[at].wait
        words = wait if wait == "at once" else f"{wait} {after}"
        return Content.styled("   ╷  " if at == 0 else "   │  ", "$accent") + Content.styled(words, "$quiet")

    @staticmethod
    def _step_line(step: StepLine, width: int) -> Content:
        room = max(8, width - 6 - _DAY - _NOTE - 1)
        subject = plain(step.subject) if step.subject.strip() else Content.styled("(no subject)", "$warning")
        subject = subject.truncate(room, ellipsis=True)
        subject = subject.pad_right(max(0, room - subject.cell_length))
        return (
            Content.styled("   ●  ", "$accent")
            + Content(step.day.ljust(_DAY)[:_DAY])
            + subject
            + Content.styled(step.note.rjust(_NOTE), step.tone)
        )
