"""Which template or snippet? What the organisation keeps, by name, to choose one or to take one out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.editing.document import every_block, summary
from tui.screens.asking import Asking
from tui.screens.dialogs import Confirm
from tui.text import count_words, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from localstore.records import SavedMail
    from sync.errors import ServiceError
    from tui.screens.keeping import Shelf


class SavedPicker(Asking, ModalScreen["SavedMail | None"]):
    """Returns the chosen one; None if the person thought better of it."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    SavedPicker { align: center middle; background: $background 60%; }
    SavedPicker > #box {
        width: 72; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    SavedPicker #title { text-style: bold; margin-bottom: 1; }
    SavedPicker PagedList { height: 10; background: $surface; }
    SavedPicker Input { display: none; background: $panel; }
    SavedPicker.-filtering Input { display: block; }
    SavedPicker .quiet { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Cancel", show=False),
        Binding("slash", "filter", "Filter", show=False),
        Binding("D,delete", "delete", "Delete", show=False),
    ]

    def __init__(self, shelf: Shelf, title: str) -> None:
        super().__init__()
        self._shelf, self._title = shelf, title
        self._kept: list[SavedMail] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._title, id="title", markup=False)
            yield Static("Asking the server …", id="why", markup=False)
            yield PagedList((Column("Name", 20, grow=1), Column("Holds", 9), Column("", 16, grow=1)))
            yield Input(placeholder="a few letters of the name")
            hint = "enter chooses, / filters, D deletes, esc closes"
            yield Static(hint, classes="quiet", markup=False)

    def on_mount(self) -> None:
        self.query_one(PagedList).display = False
        self.ask_server(self._load)

    def failed(self, group: str, error: ServiceError) -> None:  # noqa: ARG002  # there is one group
        self._explain(str(error))

    async def _load(self) -> None:
        self._kept = await self._shelf.library.list()
        self._show(self.query_one(Input).value)
        if self.focused is None and self._kept:
            self.query_one(PagedList).focus()

    def _show(self, words: str) -> None:
        found = [saved for saved in self._kept if all(w in saved.name.lower() for w in words.lower().split())]
        self.query_one(PagedList).show_rows([_row(saved) for saved in found])
        noun = self._shelf.noun
        if not self._kept:
            self._explain(f"There are no {noun}s yet. {self._shelf.first}")
        else:
            self._explain("" if found else f"No {noun} has this name.")

    def _explain(self, why: str) -> None:
        """The list, or the sentence that says why there is none."""
        self.query_one(PagedList).display = not why
        sentence = self.query_one("#why", Static)
        sentence.display = bool(why)
        sentence.update(plain(why))

    @property
    def _current(self) -> SavedMail | None:
        rows = self.query_one(PagedList)
        row = rows.row if rows.display else None
        return next((saved for saved in self._kept if row and saved.id == row.key), None)

    def action_filter(self) -> None:
        self.add_class("-filtering")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def on_input_submitted(self) -> None:
        if saved := self._current:
            _ = self.dismiss(saved)

    def on_paged_list_chosen(self) -> None:
        if saved := self._current:
            _ = self.dismiss(saved)

    async def action_delete(self) -> None:
        """Ask, then take the one under the cursor out for everybody."""
        saved, noun = self._current, self._shelf.noun
        if saved is None:
            return

        async def take_out() -> None:
            await self._shelf.library.delete(saved.id)
            await self._load()

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(take_out)

        words = f"“{saved.name}” would be gone for everybody. Mails made from it stay as they are."
        await self.app.push_screen(Confirm(f"Delete the {noun}?", words, "Delete"), answered)


def _row(saved: SavedMail) -> Row:
    blocks = list(every_block(saved.content_json))
    first = str(saved.content_json.get("subject") or "") or next(filter(None, map(summary, blocks)), "")
    return Row(saved.id, (saved.name, count_words(len(blocks), "block"), first), {1: "quiet", 2: "quiet"})
