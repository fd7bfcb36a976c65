"""Putting a mail or some blocks on a shelf of the organisation: the name, and the same name again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.screens.dialogs import AskText, Confirm
from tui.screens.document_list import check_name

if TYPE_CHECKING:
    from localstore.records import Json
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


async def keep(place: Place, shelf: Shelf, content: Json, name: str = "") -> None:
    """Ask for a name and save under it. The saving goes on when the place is left meanwhile."""

    async def named(chosen: str | None) -> None:
        if chosen:
            place.app.run_worker(place.attempt(lambda: _save(place, shelf, content, chosen)))

    await place.app.push_screen(
        AskText(f"Save as {shelf.noun}", value=name, placeholder="name", check=check_name), named
    )


async def _save(place: Place, shelf: Shelf, content: Json, name: str) -> None:
    kept = await shelf.library.list()
    same = next((saved for saved in kept if saved.name.casefold() == name.casefold()), None)
    if same is not None:
        question = Confirm(
            f"Replace the {shelf.noun}?",
            f"There is a {shelf.noun} “{same.name}” already. What it holds now would be gone for everybody.",
            "Replace",
        )
        if not await place.app.push_screen_wait(question):
            return
    await shelf.library.save(name, content, same.id if same else None)
    place.say(f"Saved the {shelf.noun} “{name}”. Everybody in the organisation can use it.")
