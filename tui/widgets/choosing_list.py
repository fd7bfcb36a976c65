"""A list whose enter takes effect before the next key, so that nothing typed ahead goes astray."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.widgets.list_rows import Column


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

    async def do_choose(self) -> None:  # type: ignore[override]  # the registry takes either
        if self.row is not None and inspect.isawaitable(done := self._choose()):
            await done
