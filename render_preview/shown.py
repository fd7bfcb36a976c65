"""Which blocks of a mail one contact is shown.

Preview and sending both take the mail of a contact from here, so neither can show a block that the other
leaves out.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from contract.blocks import Block, BlockBase, Columns, Document
from contract.segment_ast import AnyNode, dump_node
from contract.show_if import holds


def key_of(condition: AnyNode) -> str:
    """The same for two conditions that are spelled alike."""
    return json.dumps(dump_node(condition), sort_keys=True)


def conditions_of(document: Document) -> dict[str, AnyNode]:
    """Every condition of the document, once."""
    return {
        key_of(block.show_if): block.show_if
        for block in document.every_block()
        if isinstance(block, BlockBase) and block.show_if is not None
    }


def is_shown(block: Block, values: Mapping[str, str], now: datetime | None) -> bool:
    """Whether a contact with these values gets the block."""
    return not isinstance(block, BlockBase) or block.show_if is None or holds(block.show_if, values, now)


def only(document: Document, held: Iterable[str]) -> Document:
    """The document of those for whom just these conditions hold. Columns with nothing left in them go."""
    keys = set(held)

    def stays(block: Block) -> bool:
        return not isinstance(block, BlockBase) or block.show_if is None or key_of(block.show_if) in keys

    blocks: list[Block] = []
    for block in filter(stays, document.blocks):
        if not isinstance(block, Columns):
            blocks.append(block)
            continue
        cells = [[leaf for leaf in cell if stays(leaf)] for cell in block.cells]
        if any(cells) or not any(block.cells):
            blocks.append(block.model_copy(update={"cells": cells}))
    return document.model_copy(update={"blocks": blocks})


def shown_to(document: Document, values: Mapping[str, str], now: datetime | None = None) -> Document:
    """The document as one contact gets it; `now` is what relative dates are counted from."""
    conditions = conditions_of(document)
    if not conditions:
        return document
    return only(document, (key for key, node in conditions.items() if holds(node, values, now)))
