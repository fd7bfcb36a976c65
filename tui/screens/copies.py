"""Whose copy of a mail would break, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from tui.commands import bindings
from tui.screens.copy_watch import MOST_NAMED, why_broken
from tui.screens.place import Place
from tui.text import plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.preflight import BrokenCopy
    from tui.screens.copy_watch import CopyWatch
    from tui.services import Services


class CopiesScreen(Place):
    """Shows what the review found; the review goes on looking behind it."""

    SCOPE = "copies"
    BINDINGS: ClassVar[list[BindingType]] = bindings("copies")

    def __init__(self, services: Services, watch: CopyWatch) -> None:
        super().__init__(services)
        self._watch = watch

    @property
    def crumb(self) -> str:
        return "Copies"

    def body(self) -> ComposeResult:
        yield Static("", id="count", classes="quiet", markup=False)
        columns = (Column("Contact", 20, grow=1), Column("Address", 24, grow=1, from_width=100))
        yield PagedList((*columns, Column("", 10), Column("What is wrong", 20, grow=2)))
        yield Static("", id="why", markup=False)

    async def on_mount(self) -> None:
        self.set_interval(0.5, self.show_anew)
        self.show_anew()

    def show_anew(self) -> None:
        """Again, while the review goes on."""
        self.query_one(PagedList).show_rows([_row(copy) for copy in self._watch.broken])
        more = f" The first {MOST_NAMED:,} are named." if len(self._watch.broken) == MOST_NAMED else ""
        self.query_one("#count", Static).update(plain(f"Copies: {self._watch.words}.{more}"))
        self.show_hints()

    def on_paged_list_moved(self, event: PagedList.Moved) -> None:
        """All of it about the one under the cursor, where a line is too short for that."""
        if event.position < len(self._watch.broken):
            copy = self._watch.broken[event.position]
            self.query_one("#why", Static).update(plain(f"{copy.email}: {why_broken(copy)}."))

    def why_not(self, verb: str) -> str | None:
        return "Nothing is being looked at." if verb == "stop" and not self._watch.running else None

    def do_stop(self) -> None:
        self._watch.stop()


def _row(copy: BrokenCopy) -> Row:
    state = "not mailed" if copy.left_out else "mailed so"
    name = copy.name or copy.email
    return Row(
        copy.contact_id,
        (name, copy.email, state, why_broken(copy)),
        {2: "bad" if copy.left_out else "warn", 1: "quiet"},
    )
