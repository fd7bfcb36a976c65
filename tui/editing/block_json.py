"""Blocks as JSON text: how they travel through the terminal's clipboard, to other windows and other programs.

What is read may come from anywhere. Only whole, known blocks are taken, and each gets a new id, so whatever
is pasted cannot disturb a block that is there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from contract.block_types import IN_CELLS
from contract.blocks import KNOWN, VERSION, NewerDocumentError, dump_document, load_document
from sync.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Json = dict[str, Any]
LONGEST = 2_000_000
"""Characters: a mail that is longer could not be stored on the server."""
_NOTHING = "Nothing was changed."
_EXPECTED = (
    'Expected {"version": 1, "blocks": [...]}, as c copies them. To paste words, go into a field first.'
)


class PasteError(ServiceError):
    """Why a text is not blocks, as a sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} {_NOTHING}")


def as_json(blocks: Sequence[Json]) -> str:
    """What `read_blocks` takes, in a form that people can read and change."""
    return json.dumps({"version": VERSION, "blocks": blocks}, indent=2, ensure_ascii=False)


def read_blocks(text: str) -> list[Json]:
    """The blocks of a document, of a list, or a single one, with ids of their own. Raises `PasteError`."""
    raw = _document(text)
    blocks = raw["blocks"]
    for number, block in enumerate(blocks, start=1):
        _check_type(block, f"Block {number}")
    try:
        document = load_document({"version": raw.get("version", VERSION), "blocks": _without_ids(blocks)})
    except NewerDocumentError as error:
        message = "These blocks were made by a newer version of Handbill."
        raise PasteError(message) from error
    except ValidationError as error:
        raise PasteError(_sentence(error)) from error
    found: list[Json] = dump_document(document)["blocks"]
    return found


def _document(text: str) -> Json:
    if len(text) > LONGEST:
        message = f"What was pasted is too long: {len(text):,} characters, {LONGEST:,} fit."
        raise PasteError(message)
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"What was pasted is not JSON (line {error.lineno}, column {error.colno}). {_EXPECTED}"
        raise PasteError(message) from error
    except (RecursionError, ValueError) as error:
        message = f"What was pasted cannot be read as JSON. {_EXPECTED}"
        raise PasteError(message) from error
    if isinstance(raw, list):
        raw = {"blocks": raw}
    elif isinstance(raw, dict) and "type" in raw:
        raw = {"blocks": [raw]}
    blocks = raw.get("blocks") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(blocks, list) or not blocks:
        message = f"There are no blocks in what was pasted. {_EXPECTED}"
        raise PasteError(message)
    return raw


def _check_type(block: Any, place: str, known: Collection[str] = KNOWN) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if isinstance(kind, str) and kind in known:
        for at, leaf in _leaves(block):
            _check_type(leaf, f"{place}, {at}", IN_CELLS)
        return
    there = ", ".join(known)
    if not isinstance(kind, str):
        message = f"{place} says no type. Expected one of {there}."
    else:
        message = f"{place} is of the type “{kind[:40]}”. Expected one of {there}."
    raise PasteError(message)


def _leaves(block: Json) -> list[tuple[str, Any]]:
    cells = block.get("cells")
    columns = enumerate(cells if isinstance(cells, list) else [], start=1)
    return [
        (f"column {number}, block {at}", leaf)
        for number, cell in columns
        if isinstance(cell, list)
        for at, leaf in enumerate(cell, start=1)
    ]


def _without_ids(blocks: list[Any]) -> list[Any]:
    bare = [{key: part for key, part in block.items() if key != "id"} for block in blocks]
    return [
        block | {"cells": [_without_ids(cell) if isinstance(cell, list) else cell for cell in block["cells"]]}
        if isinstance(block.get("cells"), list)
        else block
        for block in bare
    ]


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    loc = first["loc"]
    steps = [step for at, step in enumerate(loc) if not (isinstance(loc[at - 1], int) and step in KNOWN)]
    names = {0: "block", 2: "column", 3: "block"} if steps[2:3] == ["cells"] else {0: "block"}
    place = [
        f"{names.get(at - 1, 'entry')} {step + 1}" if isinstance(step, int) else str(step)
        for at, step in enumerate(steps)
        if step not in ("blocks", "cells")
    ]
    words = ", ".join(place) or "together"
    return f"{words[:1].upper()}{words[1:]}: {first['msg'].removeprefix('Value error, ')}."
