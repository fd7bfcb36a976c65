"""Where the blocks of a mail stand: at the top, or in a column of another block.

A merge looks at blocks by their ids wherever they stand, and decides place and order afterwards. So a block
that one person moved into a column while another rewrote it stays one block, moved and rewritten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract.block_types import SHARES

Json = dict[str, Any]
Place = tuple[str, int]
"""The id of the columns and the number of the cell."""

TOP: Place = ("", 0)


@dataclass(frozen=True, slots=True)
class Spread:
    """One side: every block without what is inside it, and the ids at each place in their order."""

    blocks: dict[str, Json]
    order: dict[Place, list[str]]

    def places(self) -> dict[str, Place]:
        """The place of each block."""
        return {id: place for place, ids in self.order.items() for id in ids}


def _levels(blocks: Any) -> Iterator[tuple[Place, Any]]:
    yield TOP, blocks
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and block.get("type") == "columns":
            cells = block.get("cells")
            for number, cell in enumerate(cells if isinstance(cells, list) else [None]):
                yield (str(block.get("id")), number), cell


def spread(blocks: Any) -> Spread | None:
    """None where it is no list of blocks with distinct ids."""
    found, order = {}, {}
    for place, level in _levels(blocks):
        if not isinstance(level, list) or not all(isinstance(b, dict) and "id" in b for b in level):
            return None
        order[place] = [block["id"] for block in level]
        for block in level:
            if block["id"] in found:
                return None
            inside = "cells" if block.get("type") == "columns" else ""
            found[block["id"]] = {key: value for key, value in block.items() if key != inside}
    return Spread(found, order)


def settle(was: Place | None, ours: Place | None, other: Place | None) -> Place:
    """Where a block stands in the end; of two moves the smaller place wins, whoever made it."""
    if ours is None or other is None:
        return ours or other or TOP
    if ours in (was, other):
        return other
    return ours if other == was else min(ours, other)


def room_for(place: Place, kept: Mapping[str, Json]) -> Place:
    """The place, or the nearest one that is still there: columns may have become fewer, or something else."""
    id, number = place
    block = kept.get(id)
    if block is None or block.get("type") != "columns":
        return TOP
    return id, min(number, cell_count(block) - 1)


def cell_count(block: Json) -> int:
    """How many cells columns of this ratio have."""
    return len(SHARES.get(str(block.get("ratio", "1:1")), (1, 1)))


def gather(kept: Mapping[str, Json], order: Mapping[Place, list[str]]) -> list[Json]:
    """The list of blocks again, what stands in columns inside them."""

    def whole(id: str) -> Json:
        block = kept[id]
        if block.get("type") != "columns":
            return block
        cells = [[kept[leaf] for leaf in order.get((id, n), [])] for n in range(cell_count(block))]
        return block | {"cells": cells}

    return [whole(id) for id in order[TOP]]
