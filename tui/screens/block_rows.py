"""The list of blocks beside the editor: what stands in columns is indented under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.editing.document import blocks_of, cells_of, column_key, summary
from tui.editing.fields import FIELDS
from tui.widgets.list_rows import Row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Json = dict[str, Any]


def block_rows(document: Json, bad: Collection[str | None]) -> list[Row]:
    """A row for each block, with a mark where it is in `bad`, and one for each column."""
    return list(_rows(document, bad))


def _rows(document: Json, bad: Collection[str | None]) -> Iterator[Row]:
    for block in blocks_of(document):
        yield _row(block, "", bad)
        for number, cell in enumerate(cells_of(block)):
            empty = "" if cell else "empty: a adds a block"
            yield Row(
                column_key(block["id"], number), (f" col {number + 1}", empty), {0: "quiet", 1: "quiet"}
            )
            for leaf in cell:
                yield _row(leaf, "  ", bad)


def _row(block: Json, indent: str, bad: Collection[str | None]) -> Row:
    wrong = block["id"] in bad
    shown = "◆ " if block.get("showIf") else ""
    words = ("! " if wrong else "") + shown + summary(block)
    tones = {0: "" if block["type"] in FIELDS else "warn", 1: "bad" if wrong else "quiet"}
    return Row(block["id"], (f"{indent}{block['type']}", words), tones)
