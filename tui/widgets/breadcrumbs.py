"""Where am I: the stack of places in the current mode, the nearest one always visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from tui.text import clean, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATOR = " \u203a "
_LONGEST = 40


class BreadcrumbPortal(Widget):
    """Shows crumbs such as campaigns, then Spring offer; on a narrow screen the first ones give way."""

    DEFAULT_CSS = """
    BreadcrumbPortal { width: 1fr; height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._crumbs: tuple[str, ...] = ()

    @property
    def crumbs(self) -> tuple[str, ...]:
        """What is shown, outermost first."""
        return self._crumbs

    def show(self, crumbs: Sequence[str]) -> None:
        """Crumbs are somebody's text."""
        cleaned = tuple(shorten(clean(crumb), _LONGEST) for crumb in crumbs)
        if cleaned != self._crumbs:
            self._crumbs = cleaned
            self.refresh()

    def render(self) -> Content:
        crumbs = self._fitting(self.size.width)
        before = Content(_SEPARATOR.join([*crumbs[:-1], ""]))
        return before.stylize("$quiet") + Content(crumbs[-1]).stylize("bold")

    def _fitting(self, width: int) -> list[str]:
        crumbs = list(self._crumbs) or [""]
        while len(crumbs) > 1 and cell_len(_SEPARATOR.join(crumbs)) > width:
            crumbs = crumbs[1:]
        return crumbs if len(crumbs) == len(self._crumbs) or not self._crumbs else ["…", *crumbs]
