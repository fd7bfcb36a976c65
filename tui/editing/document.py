"""Changes to a block document as pure functions on its JSON: the old one is never touched.

The draft stays plain JSON while it is edited, so a block this program does not know survives every change.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from contract.blocks import KNOWN
from contract.ids import new_block_id
from contract.merge_tags import MERGE_TAG
from tui.editing import order

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Json = dict[str, Any]
_GLIMPSE = 80


def blocks_of(document: Json) -> list[Json]:
    """The blocks in order."""
    blocks: list[Json] = document.get("blocks") or []
    return blocks


def block_at(document: Json, block_id: str | None) -> Json | None:
    """The block with that id."""
    return next((block for block in blocks_of(document) if block["id"] == block_id), None)


def new_block(kind: str) -> Json:
    """An empty block of a known type."""
    return KNOWN[kind]().model_dump(mode="json", by_alias=True)


def with_changes(document: Json, block_id: str, changes: Json) -> Json:
    """One block changed."""
    blocks = [block | changes if block["id"] == block_id else block for block in blocks_of(document)]
    return document | {"blocks": blocks}


def fresh(blocks: Sequence[Json]) -> list[Json]:
    """Copies with ids of their own."""
    return [copy.deepcopy(block) | {"id": new_block_id()} for block in blocks]


def inserted(document: Json, after: str | None, blocks: Sequence[Json]) -> Json:
    """Blocks put behind the one with the id `after`, but above a footer that ends the mail."""
    old = blocks_of(document)
    at = next((n for n, block in enumerate(old, start=1) if block["id"] == after), len(old))
    footer_ends = at == len(old) and bool(old) and old[-1].get("type") == "footer"
    if footer_ends and all(block.get("type") != "footer" for block in blocks):
        at -= 1
    return document | {"blocks": [*old[:at], *blocks, *old[at:]]}


def without(document: Json, ids: Collection[str]) -> Json:
    """Some blocks less."""
    return document | {"blocks": [block for block in blocks_of(document) if block["id"] not in ids]}


def moved(document: Json, ids: Collection[str], by: int) -> Json:
    """Blocks moved by one place up (-1) or down (1)."""
    return document | {"blocks": order.moved(blocks_of(document), ids, by)}


def shown_length(text: str) -> int:
    """Characters an inbox shows: a merge tag counts as its fallback, or as eight."""
    return len(MERGE_TAG.sub(lambda tag: (tag[2] or "").strip() or "x" * 8, text).strip())


def summary(block: Json) -> str:
    """A few words of a block for a list; somebody's text."""
    for key in ("text", "label", "alt", "src", "address"):
        words = str(block.get(key) or "").strip()
        if words:
            return " ".join(words[:_GLIMPSE].split())
    sizes = {"spacer": "height", "divider": "thickness"}
    size = sizes.get(str(block.get("type")))
    return f"{block.get(size, '')} px" if size else ""
