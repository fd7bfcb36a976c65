"""A list beside an editor: it follows every key, and nothing typed ahead of its enter goes astray."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from typing import TYPE_CHECKING

from textual.geometry import Region

from tui.widgets.paged_list import PAGE, PagedList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.widgets.list_rows import Column, Row


class ChoosingList(PagedList):
    """`choose` is called within the key; a message would let the next keys overtake it."""

    def __init__(
        self,
        columns: Sequence[Column],
        choose: Callable[[], Awaitable[None] | None],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(columns, id=id)
        self._choose = choose

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Rows with the keys of before are painted line by line: an editor changes one of a hundred."""
        old = [self.row_at(position) for position in range(self.total)]
        if not rows or [row.key for row in old if row] != [row.key for row in rows]:
            super().show_rows(rows)
            return
        self._pages = OrderedDict((at // PAGE, rows[at : at + PAGE]) for at in range(0, len(rows), PAGE))
        self.marks = {row.key: row for row in rows if row.key in self.marks}
        for position, (before, after) in enumerate(zip(old, rows, strict=True)):
            if before != after:
                self._repaint(position)

    def _repaint(self, position: int) -> None:
        for look in [look for look in self._lines if look[0] == position]:
            del self._lines[look]
        self.refresh(Region(0, position - self.scroll_offset.y + 1, self.size.width, 1))

    async def do_choose(self) -> None:  # type: ignore[override]  # the registry takes either
        if self.row is not None and inspect.isawaitable(done := self._choose()):
            await done
