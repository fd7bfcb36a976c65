"""Putting a mail or some blocks on a shelf of the organisation: the name, and the same name again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.widgets import Input, Static

from tui.screens.asking import Asking
from tui.screens.dialogs import AskText, Confirm
from tui.screens.document_list import check_name
from tui.text import plain

if TYPE_CHECKING:
    from textual.content import Content

    from localstore.records import Json, SavedMail
    from sync.errors import ServiceError
    from tui.screens.place import Place
    from tui.services import Library, Services


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where mails of one kind are kept, what one of them is called, and how to put the first one there."""

    library: Library
    noun: str
    first: str


def templates(services: Services) -> Shelf:
    """Whole mails."""
    return Shelf(services.templates, "template", "Open a campaign and press T to save it as one.")


def snippets(services: Services) -> Shelf:
    """A few blocks."""
    return Shelf(services.snippets, "snippet", "Mark blocks of a mail with space and press S to save them.")


class NameDialog(Asking, AskText):
    """Stands in front until it is known whether the name is taken: keys typed ahead go nowhere else."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        super().__init__(f"Save as {shelf.noun}", value=name, placeholder="name", check=check_name)
        self._shelf = shelf
        self.in_place_of: str | None = None
        """The one of the same name that may be replaced."""

    def accept(self, text: str) -> None:
        self.query_one(Input).disabled = True
        self._say(plain("Asking the server …", "$quiet"))
        self.ask_server(lambda: self._look_up(text))

    async def _look_up(self, name: str) -> None:
        same = await self._same(name)
        if same is not None and not await self.app.push_screen_wait(_question(self._shelf, same)):
            self._ask_again(plain(""))
            return
        self.in_place_of = same.id if same else None
        self.finish(name)

    def failed(self, group: str, error: ServiceError) -> None:  # noqa: ARG002  # there is one group
        self._ask_again(plain(str(error)))

    async def _same(self, name: str) -> SavedMail | None:
        kept = await self._shelf.library.list()
        return next((saved for saved in kept if saved.name.casefold() == name.casefold()), None)

    def _ask_again(self, why: Content) -> None:
        self._say(why)
        self.query_one(Input).disabled = False
        self.query_one(Input).focus()

    def _say(self, words: Content) -> None:
        self.query_one("#wrong", Static).update(words)


def _question(shelf: Shelf, same: SavedMail) -> Confirm:
    return Confirm(
        f"Replace the {shelf.noun}?",
        f"There is a {shelf.noun} “{same.name}” already. What it holds now would be gone for everybody.",
        "Replace",
    )


async def keep(place: Place, shelf: Shelf, content: Json, name: str = "") -> None:
    """Ask for a name and save under it. The saving goes on when the place is left meanwhile."""
    dialog = NameDialog(shelf, name)

    async def save(chosen: str) -> None:
        await shelf.library.save(chosen, content, dialog.in_place_of)
        place.say(f"Saved the {shelf.noun} “{chosen}”. Everybody in the organisation can use it.")

    async def named(chosen: str | None) -> None:
        if chosen:
            place.app.run_worker(place.attempt(lambda: save(chosen)))

    await place.app.push_screen(dialog, named)
