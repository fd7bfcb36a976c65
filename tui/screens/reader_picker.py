"""Whose mail it is: a contact that is found by name or address, or, in a preview, somebody made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from contract.contacts import BUILT_IN_FIELDS
from tui.editing.readers import Reader, reader_of, samples
from tui.screens.asking import Asking
from tui.text import plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from sync.errors import ServiceError
    from tui.services import Services

FOUND = 50
"""Contacts that are shown at most; more words find fewer."""
WAIT = 0.2
"""Seconds after the last key before the server is asked."""


class ReaderPicker(Asking, ModalScreen[Reader | None]):
    """Returns a reader; None if nothing is to change."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    ReaderPicker { align: center middle; background: $background 60%; }
    ReaderPicker > #box {
        width: 72; max-width: 94%; height: auto; max-height: 90%; padding: 1 2;
        background: $surface; border: round $border;
    }
    ReaderPicker #title { text-style: bold; margin-bottom: 1; }
    ReaderPicker Input { background: $panel; margin-bottom: 1; }
    ReaderPicker PagedList { height: 10; background: $surface; }
    ReaderPicker .quiet { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, services: Services, *, title: str = "Preview as whom?", made_up: bool = True) -> None:
        super().__init__()
        self._services = services
        self._title, self._made_up = title, made_up
        self._samples = samples(BUILT_IN_FIELDS)
        self._contacts: list[Reader] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._title, id="title", markup=False)
            yield Input(placeholder="type a name or an address")
            yield PagedList((Column("Reader", 20, grow=1), Column("Address", 20, grow=1)))
            yield Static("", id="trouble", classes="quiet", markup=False)
            yield Static("enter chooses, esc leaves it as it is", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self._show()
        self._ask("")

    def _ask(self, words: str) -> None:
        self.read(lambda: self._find(words), "finding")

    async def _find(self, words: str) -> None:
        await self._services.clock.sleep(WAIT if words else 0)
        self._samples = samples(await self._services.contacts.fields())
        page = await self._services.contacts.page(0, FOUND, words)
        self._contacts = [reader_of(contact) for contact in page.contacts]
        nobody = "" if self._contacts or self._made_up else "No contact has this name or address."
        self.query_one("#trouble", Static).update(nobody)
        self._show()

    def failed(self, group: str, error: ServiceError) -> None:  # noqa: ARG002  # there is one group
        more = " Samples can be chosen all the same." if self._made_up else ""
        self.query_one("#trouble", Static).update(plain(f"{error}{more}"))
        self._show()

    @property
    def _fitting(self) -> list[Reader]:
        if not self._made_up:
            return self._contacts
        words = self.query_one(Input).value.lower().split()
        made_up = [reader for reader in self._samples if all(word in reader.name for word in words)]
        return made_up + self._contacts

    def _show(self) -> None:
        rows = [
            Row(reader.key, (reader.name, reader.email), {1: "quiet"}, data=reader)
            for reader in self._fitting
        ]
        self.query_one(PagedList).show_rows(rows)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._ask(event.value)

    def on_input_submitted(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            _ = self.dismiss(row.data)

    def on_paged_list_chosen(self, event: PagedList.Chosen) -> None:
        _ = self.dismiss(event.row.data)

    def action_step(self, by: int) -> None:
        """Move in the list while the words stay in the field."""
        self.query_one(PagedList).cursor += by
