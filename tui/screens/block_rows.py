"""The list of blocks beside the editor: what stands in columns is indented under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.editing.document import blocks_of, cells_of, column_key, summary
from tui.editing.fields import FIELDS
from tui.editing.folds import hidden, sections
from tui.widgets.list_rows import Row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

Json = dict[str, Any]


def block_rows(document: Json, bad: Collection[str | None], folded: Collection[str] = ()) -> list[Row]:
    """A row for each block, marked where it is in `bad`, and one for each column; less what is folded."""
    away = hidden(document, folded)
    rows = list(_rows(document, bad))
    if not away:
        return rows
    under = {id: keys for id, keys in sections(document).items() if id in folded}
    shown = (row for row in rows if row.key not in away)
    return [_folded(row, under[row.key], bad) if row.key in under else row for row in shown]


def _folded(row: Row, under: Sequence[str], bad: Collection[str | None]) -> Row:
    """The row of something folded: how many blocks are in it, and whether one of them has a fault."""
    kind, words = row.cells
    wrong = any(key in bad for key in under)
    mark = "! " if wrong and not words.startswith("! ") else ""
    count = sum("/" not in key for key in under)
    tones = row.tones | ({1: "bad"} if wrong else {})
    return Row(row.key, (kind, f"{mark}▸{count} {words}"), tones)


def _rows(document: Json, bad: Collection[str | None]) -> Iterator[Row]:
    for block in blocks_of(document):
        yield _row(block, "", bad)
        for number, cell in enumerate(cells_of(block)):
            empty = "" if cell else "empty: a adds"
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
