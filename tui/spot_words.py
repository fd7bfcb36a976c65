"""Spots of a document in words: where they are, and what a side says there."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from textual.content import Content

from tui.moments import read_moment, say_when
from tui.readable import filter_lines
from tui.setting_words import BY_ID, Names, say_setting
from tui.text import plain_lines, shorten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from localstore.records import Json
    from sync.merge_spots import Path, Spot

_FIELDS = {
    "name": "Name",
    "subject": "Subject",
    "preheader": "Preheader",
    "dslJson": "Filter",
    "delayHours": "Delay",
    "send": "Segment and time",
    "accountId": "Sending account",
    "contentJson": "The whole mail",
    "steps": "The steps",
}
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def _item(side: Json, path: Path) -> Any:
    """What is at a path; blocks are found by their ids, also inside columns. None if nothing is."""
    found: Any = side
    for key in path:
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, list):
            found = _by_id(found, key)
        else:
            return None
    return found


def _by_id(items: list[Any], id: str) -> Any:
    for item in items:
        if isinstance(item, dict) and item.get("id") == id:
            return item
        for cell in (item.get("cells") or []) if isinstance(item, dict) else []:
            if (inside := _by_id(cell, id)) is not None:
                return inside
    return None


def where(spot: Spot, *sides: Json) -> str:
    """The place in a few words, such as `text “All shoes are …”: text`."""
    if spot.kind == "order":
        return "Order of the steps" if spot.path[-1] == "steps" else "Order of the blocks"
    path = spot.path
    words = []
    for end in range(1, len(path) + 1):
        item = next((i for side in sides if (i := _item(side, path[:end]))), None)
        if end > 1 and path[end - 2] in ("blocks", "steps") and isinstance(item, dict):
            words.append(_name_of(item))
    if path[0] == "settings":
        words.append(BY_ID[path[-1]].title if path[-1] in BY_ID else path[-1])
    elif path[-1] in _FIELDS:
        words.append(_FIELDS[path[-1]])
    elif spot.kind == "property":
        words.append(path[-1])
    return ": ".join(words) or "The document"


def _name_of(item: Json) -> str:
    if "contentJson" in item:
        subject = (item.get("contentJson") or {}).get("subject") or "without a subject"
        return f"Step “{shorten(str(subject), 24)}”"
    text = " ".join(str(item.get("text") or item.get("label") or item.get("alt") or "").split())
    kind = str(item.get("type", "block")).capitalize()
    return f"{kind} “{shorten(text, 24)}”" if text else kind


def value_words(spot: Spot, value: Any, segments: Mapping[str, str], now: datetime, side: Json) -> str:
    """What one side says there, as text."""
    if spot.path[0] == "settings":
        return say_setting(spot.path[-1], value, Names(segments))
    if value is None:
        return "(deleted)" if spot.kind in ("edit_delete", "deleted", "new") else "(nothing)"
    if spot.kind == "send":
        segment, at = value
        when = say_when(read_moment(at), now)
        name = segments.get(segment, "one that is not here") if segment else "none"
        return f"Segment: {name}\nSend at: {when or 'not set'}"
    if spot.kind == "order":
        items = (_item(side, (*spot.path, id)) for id in value)
        return "\n".join(f"{n}. {_name_of(i)}" for n, i in enumerate(filter(None, items), start=1))
    if spot.path[-1] == "dslJson" and isinstance(value, dict):
        return "\n".join(filter_lines(value))
    if isinstance(value, dict):
        plain = {k: v for k, v in value.items() if k != "id" and isinstance(v, str | int | float) and v != ""}
        return "\n".join(f"{key}: {said}" for key, said in plain.items())
    return str(value)


def highlighted(text: str, other: str) -> Content:
    """`text` with the words marked that `other` does not have, also without colour."""
    mine, base = _WORDS.findall(text), _WORDS.findall(other)
    parts = []
    for tag, start, end, _, _ in difflib.SequenceMatcher(a=mine, b=base, autojunk=False).get_opcodes():
        piece = plain_lines("".join(mine[start:end]))
        if tag not in ("equal", "insert") and piece.plain.strip():
            piece = Content.styled(piece.plain, "bold underline $accent")
        parts.append(piece)
    return Content("").join(parts)
