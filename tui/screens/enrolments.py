"""Who is in a sequence, and where: newest first, loaded as one goes down."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from tui.commands import bindings
from tui.moments import say_when
from tui.screens.place import Place
from tui.screens.step_names import step_names
from tui.text import count_words, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.sequences import Enrolment
    from sync.errors import ServiceError
    from tui.services import Services

_TONES = {"active": "accent", "finished": "good", "exited": "quiet"}


class EnrolmentsScreen(Place):
    """Reads from the server only."""

    SCOPE = "enrolments"
    BINDINGS: ClassVar[list[BindingType]] = bindings("enrolments")

    def __init__(self, services: Services, id: str) -> None:
        super().__init__(services)
        self._sequence_id = id
        self._steps = step_names(services, id)
        self._found: list[Enrolment] = []
        self._cursor: str | None = None
        self._loading = False

    @property
    def crumb(self) -> str:
        return "People in it"

    def body(self) -> ComposeResult:
        yield Static("Asking the server …", id="count", classes="quiet", markup=False)
        yield PagedList(
            (
                Column("Contact", 20, grow=2),
                Column("State", 9),
                Column("Next or last step", 16, grow=1),
                Column("Next mail", 17),
                Column("Entered", 17, from_width=100),
            )
        )

    async def on_mount(self) -> None:
        self.do_reload()

    def do_reload(self) -> None:
        self._found, self._cursor = [], None
        self.read(self._load, "page")

    async def _load(self) -> None:
        page = await self.services.sequences.enrolments(self._sequence_id, self._cursor)
        self._found += page.enrolments
        self._cursor = page.next_cursor
        self._loading = False
        self.query_one(PagedList).show_rows([self._row(enrolment) for enrolment in self._found])
        more = "+" if self._cursor else ""
        words = count_words(len(self._found), "person", "people")
        said = f"{words}{more} entered this sequence" if self._found else "Nobody has entered it yet."
        self.query_one("#count", Static).update(plain(said))

    def _row(self, enrolment: Enrolment) -> Row:
        now = self.services.clock.now()
        after = say_when(enrolment.next_run_at, now) or enrolment.exit_reason or "-"
        step = self._steps.get(
            enrolment.step_id or "", "a step that was removed" if enrolment.step_id else "-"
        )
        cells = (enrolment.email, enrolment.state, step, after, say_when(enrolment.entered_at, now))
        return Row(enrolment.contact_id, cells, {1: _TONES.get(enrolment.state, ""), 4: "quiet"})

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        near_end = event.position >= len(self._found) - 20
        if near_end and self._cursor and not self._loading:
            self._loading = True
            self.read(self._load, "page")

    def failed(self, group: str, error: ServiceError) -> None:
        self._loading = False
        self.query_one("#count", Static).update(plain(f"{error} Press R to ask again.", "$warning"))
        super().failed(group, error)
