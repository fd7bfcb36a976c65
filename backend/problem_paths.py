"""From pydantic's idea of a place to the place in the JSON that was sent.

Pydantic puts the tag of a union into the path (`blocks.3.button.href`); what a client can use is
`blocks.3.href`. Where our models have unions is known: at a block of a document and at a node of a filter.
"""

from collections.abc import Sequence
from typing import Any

from backend.sent_json import dotted


def _expects_tag(path: Sequence[int | str]) -> bool:
    """Whether what follows this place is the name of a kind, not of a member."""
    match path:
        case [*_, "blocks", int()] | [*_, "cells", int(), int()]:
            return True
        case [*_, ("all" | "any"), int()] | [*_, "not"]:
            return "dslJson" in path or "showIf" in path
        case [*_, ("dslJson" | "showIf")]:
            return True
        case _:
            return False


def _inside(value: Any, part: int | str) -> tuple[bool, Any]:
    """Whether `part` can be a place in `value`, and what is there; a missing member can be one."""
    if isinstance(value, dict) and isinstance(part, str):
        return True, value.get(part)
    if isinstance(value, list) and isinstance(part, int):
        return True, value[part] if part < len(value) else None
    return False, None


def sent_path(location: Sequence[int | str], sent: Any) -> str:
    """The dotted path into the sent JSON."""
    path: list[int | str] = []
    tagged: int | None = None
    for part in location:
        if _expects_tag(path) and tagged != len(path):
            tagged = len(path)
            continue
        found, value = _inside(sent, part)
        if not found:
            break  # the name of a type inside a plain value
        path.append(part)
        sent = value
    return dotted(tuple(path))
