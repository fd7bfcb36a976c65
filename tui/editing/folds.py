"""What of a mail's list of blocks is folded away: what stands in columns, and the section under a heading.

A section ends before the next heading that is not smaller, and before a footer. Folds are the eye's business:
nothing here is stored with the mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.editing import order
from tui.editing.document import blocks_of, cells_of, column_key
from tui.editing.document import moved as moved_one

if TYPE_CHECKING:
    from collections.abc import Collection

Json = dict[str, Any]


def sections(document: Json) -> dict[str, list[str]]:
    """What each heading and each block of columns would fold away, by their ids: keys of rows, in order."""
    blocks, found = blocks_of(document), {}
    for at, block in enumerate(blocks):
        if block.get("type") == "heading":
            inside = _section(blocks, at)
            found[block["id"]] = [key for one in inside for key in (one["id"], *_in_columns(one))]
        elif cells_of(block):
            found[block["id"]] = _in_columns(block)
    return {id: keys for id, keys in found.items() if keys}


def _section(blocks: list[Json], at: int) -> list[Json]:
    level = int(blocks[at].get("level") or 1)
    for end in range(at + 1, len(blocks)):
        kind = blocks[end].get("type")
        if kind == "footer" or (kind == "heading" and int(blocks[end].get("level") or 1) <= level):
            return blocks[at + 1 : end]
    return blocks[at + 1 :]


def _in_columns(block: Json) -> list[str]:
    cells = enumerate(cells_of(block))
    return [key for n, cell in cells for key in (column_key(block["id"], n), *(leaf["id"] for leaf in cell))]


def hidden(document: Json, folded: Collection[str]) -> set[str]:
    """Keys of the rows that are folded away."""
    if not folded:
        return set()
    return {key for id, keys in sections(document).items() if id in folded for key in keys}


def around(document: Json, key: str) -> list[str]:
    """What could be folded around a row, the innermost first; the row itself before what it stands in."""
    found = sections(document)
    holders = [id for id, keys in found.items() if key in keys]
    return ([key] if key in found else []) + sorted(holders, key=lambda holder: len(found[holder]))


def with_folded(document: Json, ids: Collection[str], folded: Collection[str]) -> set[str]:
    """These blocks, and what is folded away under them."""
    found = sections(document) if folded else {}
    return {*ids, *(key for id in ids if id in folded for key in found.get(id, ()))}


def moved(document: Json, ids: Collection[str], by: int, folded: Collection[str]) -> Json:
    """Blocks moved by one place; what is folded is one place, and goes along with its heading."""
    away = hidden(document, folded)
    units: list[Json] = []
    for block in blocks_of(document):
        if block["id"] in away and units:
            units[-1]["blocks"].append(block)
        else:
            units.append({"id": block["id"], "blocks": [block]})
    if not any(unit["id"] in ids for unit in units):
        return moved_one(document, ids, by)
    return document | {"blocks": [one for unit in order.moved(units, ids, by) for one in unit["blocks"]]}
