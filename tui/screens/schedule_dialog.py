"""When does it go out? One line; what it means is shown while it is typed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.editing.when import EXAMPLES, WhenError, parse_when
from tui.moments import say_span
from tui.text import plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from contract.clock import Clock


class ScheduleDialog(ModalScreen[datetime | None]):
    """Returns an aware moment; None if nothing is to be scheduled."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    ScheduleDialog { align: center middle; background: $background 60%; }
    ScheduleDialog > #box {
        width: 72; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    ScheduleDialog #title { text-style: bold; margin-bottom: 1; }
    ScheduleDialog Input { background: $panel; margin-bottom: 1; }
    ScheduleDialog #means { height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("When does it go out?", id="title", markup=False)
            yield Input(placeholder="tomorrow 9:00")
            yield Static("", id="means", markup=False)
            yield Static(EXAMPLES, classes="quiet", markup=False)
            yield Static("enter schedules it, esc leaves everything as it is", classes="quiet", markup=False)

    def _moment(self) -> datetime:
        return parse_when(self.query_one(Input).value, self._clock.now())

    def on_input_changed(self) -> None:
        means = self.query_one("#means", Static)
        try:
            moment = self._moment()
        except WhenError as error:
            empty = not self.query_one(Input).value.strip()
            means.update(plain("" if empty else error, "$warning"))
            return
        after = say_span((moment - self._clock.now()).total_seconds())
        words = f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M:%S}".removesuffix(":00")
        zone = f"{moment.tzname() or 'local time'}, in {after}"
        means.update(Content.styled(f"{words}\n", "bold $accent") + plain(zone, "$quiet"))

    def on_input_submitted(self) -> None:
        try:
            _ = self.dismiss(self._moment())
        except WhenError as error:
            self.query_one("#means", Static).update(plain(error, "$error"))
