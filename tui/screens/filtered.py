"""A place with a field over its list that narrows it: `/` opens the field, enter goes back to the list."""

from __future__ import annotations

from textual.widgets import Input

from tui.screens.place import Place
from tui.widgets.paged_list import PagedList


class FilteredPlace(Place):
    """Has an `Input` `#filter` of the class `filter`. What typing in it does is the place's own matter."""

    def do_filter(self) -> None:
        field = self.query_one("#filter", Input)
        field.add_class("-open")
        field.focus()

    def fill_filter(self, words: str) -> None:
        """As if a person had typed them; without any the field is closed."""
        field = self.query_one("#filter", Input)
        field.value = words
        field.set_class(bool(words), "-open")

    def on_input_submitted(self) -> None:
        self.query_one(PagedList).focus()

    def end_filter(self) -> None:
        """Show all again, and back to the list."""
        self.fill_filter("")
        self.query_one(PagedList).focus()
