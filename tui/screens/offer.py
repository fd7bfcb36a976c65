"""It is done; here is where one could go next. Staying is the default, and undoes nothing."""

from __future__ import annotations

from textual.widgets import Button

from tui.screens.dialogs import Confirm


class Offer(Confirm):
    """True if the person wants to go there."""

    DEFAULT_CSS = Confirm.DEFAULT_CSS.replace("Confirm", "Offer")

    def on_mount(self) -> None:
        self.query_one("#cancel", Button).label = "Stay here"
