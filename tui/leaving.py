"""Nothing is left behind unstored: before a place or the program is left, what waits is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.screens.place import Place


async def store_all(places: Iterable[Place]) -> str | None:
    """Flush each; the sentence of the first that could not be stored, None if all could."""
    trouble = None
    for place in places:
        try:
            await place.flush()
        except ServiceError as error:
            trouble = trouble or str(error)
    return trouble
