"""When does it go out? One line; what it means is shown while it is typed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.editing.when import EXAMPLES, WhenError, parse_when
from tui.moments import say_span
from tui.screens.asking import Asking
from tui.text import plain
from tui.widgets.choice_field import ChoiceField

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from contract.clock import Clock
    from sync.errors import ServiceError
    from tui.sending_services import Rules


class ChosenTime(NamedTuple):
    """An aware moment, and whether it is meant as the time of day wherever each contact is."""

    at: datetime
    in_each_zone: bool


_ONE_MOMENT, _EACH_ZONE = "at that moment", "at that time where each contact is"


class _Whose(ChoiceField, inherit_bindings=False):
    """Enter is the dialog's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right,space", "step(1)", show=False),
    ]


class ScheduleDialog(Asking, ModalScreen[ChosenTime | None]):
    """None if nothing is to be scheduled."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    ScheduleDialog { align: center middle; background: $background 60%; }
    ScheduleDialog > #box {
        width: 72; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    ScheduleDialog #title { text-style: bold; margin-bottom: 1; }
    ScheduleDialog Input { background: $panel; margin-bottom: 1; }
    ScheduleDialog #means { height: 3; }
    ScheduleDialog ChoiceField { margin-bottom: 1; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("enter", "schedule", show=False),
    ]

    def __init__(self, clock: Clock, rules: Rules) -> None:
        super().__init__()
        self._clock = clock
        self._rules = rules
        self._organisation_zone = ""

    async def on_mount(self) -> None:
        self.read(self._learn_zone, "rules")

    async def _learn_zone(self) -> None:
        self._organisation_zone = (await self._rules.show()).time_zone
        self.on_input_changed()

    def failed(self, group: str, error: ServiceError) -> None:
        """Without the server nothing is scheduled, and so nothing is said of it here."""

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static("When does it go out?", id="title", markup=False)
            yield Input(placeholder="tomorrow 9:00")
            yield Static("", id="means", markup=False)
            yield _Whose((_ONE_MOMENT, _EACH_ZONE))
            yield Static(EXAMPLES, classes="quiet", markup=False)
            yield Static(
                "enter schedules it, tab and space choose, esc leaves it",
                classes="quiet",
                markup=False,
            )

    def _moment(self) -> datetime:
        return parse_when(self.query_one(Input).value, self._clock.now())

    @property
    def _in_each_zone(self) -> bool:
        return self.query_one(_Whose).value == _EACH_ZONE

    def on_choice_field_changed(self) -> None:
        self.on_input_changed()

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
        if self._in_each_zone:
            if self._organisation_zone:
                zone = f"in {self._organisation_zone}, the organisation's time zone"
            zone = f"on clocks where each contact is; where that is not known, {zone}"
        means.update(Content.styled(f"{words}\n", "bold $accent") + plain(zone, "$quiet"))

    def on_input_submitted(self) -> None:
        self.action_schedule()

    def action_schedule(self) -> None:
        try:
            _ = self.dismiss(ChosenTime(self._moment(), self._in_each_zone))
        except WhenError as error:
            self.query_one("#means", Static).update(plain(error, "$error"))
