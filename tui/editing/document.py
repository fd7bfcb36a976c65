"""Changes to a block document as pure functions on its JSON: the old one is never touched.

The draft stays plain JSON while it is edited, so a block this program does not know survives every change.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from contract.block_types import IN_CELLS, KNOWN, MOST_IN_CELL, SHARES
from contract.blocks import MAX_BLOCKS
from contract.ids import new_block_id
from contract.merge_tags import MERGE_TAG
from render_preview.location import Location
from tui.editing import order

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from render_preview.lint import Finding

Json = dict[str, Any]
_GLIMPSE = 80


def blocks_of(document: Json) -> list[Json]:
    """The blocks in order; what stands in columns is inside them."""
    blocks: list[Json] = document.get("blocks") or []
    return blocks


def cells_of(block: Json) -> list[list[Json]]:
    """The columns of a block; none where it is not one of columns."""
    cells = block.get("cells") if block.get("type") == "columns" else None
    return cells if isinstance(cells, list) else []


def every_block(document: Json) -> Iterator[Json]:
    """In reading order, columns before what is in them."""
    for block in blocks_of(document):
        yield block
        for cell in cells_of(block):
            yield from cell


def _each_list(document: Json, change: Callable[[list[Json]], list[Json]]) -> Json:
    """The same change of the list of blocks and of each column."""
    blocks = change(blocks_of(document))
    return document | {
        "blocks": [
            block | {"cells": [change(cell) for cell in cells_of(block)]} if cells_of(block) else block
            for block in blocks
        ]
    }


def block_at(document: Json, block_id: str | None) -> Json | None:
    """The block with that id, wherever it stands."""
    return next((block for block in every_block(document) if block["id"] == block_id), None)


def location_of(document: Json, path: str) -> Location:
    """Where a path of the server leads, such as `contentJson.blocks.3.href`: a block, and the way within."""
    found, at = Location(), document
    for part in path.removeprefix("contentJson.").split("."):
        step = int(part) if part.isdecimal() else part
        at = _inside(at, step)
        in_block = isinstance(at, dict) and "id" in at
        found = Location(at["id"]) if in_block else Location(found.block_id, (*found.path, step))
    return found


def _inside(owner: Any, step: str | int) -> Any:
    if isinstance(owner, list):
        return owner[step] if isinstance(step, int) and step < len(owner) else None
    return owner.get(step) if isinstance(owner, dict) else None


def new_block(kind: str) -> Json:
    """An empty block of a known type."""
    return KNOWN[kind]().model_dump(mode="json", by_alias=True)


def with_changes(document: Json, block_id: str, changes: Json) -> Json:
    """One block changed. What stood in a column that another ratio ends goes on in the last one, or below."""
    if not changes:
        return document

    def change(blocks: list[Json]) -> list[Json]:
        fitted = (_fitted(block | changes) if block["id"] == block_id else [block] for block in blocks)
        return [block for some in fitted for block in some]

    return _each_list(document, change)


def with_fix(document: Json, finding: Finding) -> Json:
    """What the finding proposes, done."""
    fix = finding.fix
    if fix is None:
        return document
    if finding.block_id is None:
        return fix.apply(document)
    block = block_at(document, finding.block_id) or {}
    return with_changes(document, finding.block_id, fix.apply(block))


def _fitted(block: Json) -> list[Json]:
    """Columns as their ratio wants them, and behind them what found no room."""
    wanted = len(SHARES.get(str(block.get("ratio")), ()))
    cells = cells_of(block)
    if not wanted or len(cells) == wanted:
        return [block]
    kept = [*cells[:wanted], *([] for _ in range(wanted - len(cells)))]
    last = [*kept[-1], *(leaf for cell in cells[wanted:] for leaf in cell)]
    kept[-1] = last[:MOST_IN_CELL]
    return [block | {"cells": kept}, *last[MOST_IN_CELL:]]


def why_too_full(document: Json) -> str | None:
    """Why the server would not take so many blocks, as a sentence; None if it would."""
    if len(list(every_block(document))) > MAX_BLOCKS:
        return f"A mail takes {MAX_BLOCKS} blocks at most."
    full = any(len(cell) > MOST_IN_CELL for block in blocks_of(document) for cell in cells_of(block))
    return f"A column takes {MOST_IN_CELL} blocks at most." if full else None


def fresh(blocks: Sequence[Json]) -> list[Json]:
    """Copies with ids of their own, inside columns too."""
    copies = [copy.deepcopy(block) | {"id": new_block_id()} for block in blocks]
    return [
        block | {"cells": [fresh(cell) for cell in cells_of(block)]} if cells_of(block) else block
        for block in copies
    ]


def column_key(block_id: str, number: int) -> str:
    """What stands for one column in a list of blocks: no block has such an id."""
    return f"{block_id}/{number}"


def inserted(document: Json, after: str | None, blocks: Sequence[Json]) -> Json:
    """Blocks put behind the one with the id `after`, but above a footer that ends the mail.

    `after` may be a column: they become its first. What cannot stand in a column goes behind the columns.
    """
    parent, cell = _place_of(document, after)
    if parent and any(block.get("type") not in IN_CELLS for block in blocks):
        parent, cell, after = "", 0, parent
    if parent:
        return _inserted_in(document, parent, cell, after or "", blocks)
    old = blocks_of(document)
    at = next((n for n, block in enumerate(old, start=1) if block["id"] == after), len(old))
    footer_ends = at == len(old) and bool(old) and old[-1].get("type") == "footer"
    if footer_ends and all(block.get("type") != "footer" for block in blocks):
        at -= 1
    return document | {"blocks": [*old[:at], *blocks, *old[at:]]}


def where(document: Json, after: str | None) -> str:
    """Where `inserted` would put a block, in a few words; "" in an empty mail."""
    parent, cell = _place_of(document, after)
    block = block_at(document, after)
    below = f"below the {block['type']}" if block and block.get("type") != "footer" else ""
    return f"{below} in column {cell + 1}".strip() if parent else below


def _place_of(document: Json, key: str | None) -> tuple[str, int]:
    """(id of the columns, number of the column) of a block or a column; ("", 0) at the top."""
    for block in blocks_of(document):
        for number, cell in enumerate(cells_of(block)):
            if key == column_key(block["id"], number) or any(leaf["id"] == key for leaf in cell):
                return block["id"], number
    return "", 0


def _inserted_in(document: Json, parent: str, number: int, after: str, blocks: Sequence[Json]) -> Json:
    def change(block: Json) -> Json:
        cells = list(cells_of(block))
        cell = cells[number]
        at = next((n for n, leaf in enumerate(cell, start=1) if leaf["id"] == after), 0)
        cells[number] = [*cell[:at], *blocks, *cell[at:]]
        return block | {"cells": cells}

    old = blocks_of(document)
    return document | {"blocks": [change(block) if block["id"] == parent else block for block in old]}


def without(document: Json, ids: Collection[str]) -> Json:
    """Some blocks less."""
    return _each_list(document, lambda blocks: [block for block in blocks if block["id"] not in ids])


def moved(document: Json, ids: Collection[str], by: int) -> Json:
    """Blocks moved by one place up (-1) or down (1), from column to column at their ends."""
    for block in blocks_of(document):
        for number, cell in enumerate(cells_of(block)):
            leaving = [leaf for leaf in cell if leaf["id"] in ids]
            to = number + by
            if len(leaving) != 1 or not 0 <= to < len(cells_of(block)):
                continue
            if leaving[0] is cell[0 if by < 0 else -1]:
                goal = cells_of(block)[to]
                after = column_key(block["id"], to) if by > 0 or not goal else goal[-1]["id"]
                return inserted(without(document, {leaving[0]["id"]}), after, leaving)
    return _each_list(document, lambda blocks: order.moved(blocks, ids, by))


def shown_length(text: str) -> int:
    """Characters an inbox shows: a merge tag counts as its fallback, or as eight."""
    return len(MERGE_TAG.sub(lambda tag: (tag[2] or "").strip() or "x" * 8, text).strip())


def summary(block: Json) -> str:
    """A few words of a block for a list; somebody's text."""
    for key in ("text", "label", "alt", "src", "address", "html"):
        words = str(block.get(key) or "").strip()
        if words:
            return " ".join(words[:_GLIMPSE].split())
    if block.get("type") == "columns":
        return f"{block.get('ratio')}{'' if block.get('stack', True) else ', never stacked'}"
    for key, part in (("items", None), ("links", "network")):
        listed = block.get(key)
        if isinstance(listed, list):
            words = ", ".join(str(one.get(part) if part and isinstance(one, dict) else one) for one in listed)
            return " ".join(words[:_GLIMPSE].split())
    sizes = {"spacer": "height", "divider": "thickness"}
    size = sizes.get(str(block.get("type")))
    return f"{block.get(size, '')} px" if size else ""
