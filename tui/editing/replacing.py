"""Other words in a whole mail: subject, preheader and every field of words, in columns too.

Addresses of links and pictures in fields of their own are left alone, and blocks this program does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.editing.document import every_block, with_changes
from tui.editing.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]
_HEAD = {"subject": 250, "preheader": 250}
_ADDRESSES = {"href", "src"}


def _keys(block: Json) -> dict[str, int]:
    """Fields of words of a block, and how many characters each takes."""
    specs = FIELDS.get(str(block.get("type")), ())
    worded = [s for s in specs if s.kind in ("prose", "line", "points") and s.key not in _ADDRESSES]
    return {spec.key: spec.longest for spec in worded}


def _texts(part: Json, keys: dict[str, int]) -> Iterator[str]:
    for key in keys:
        entry = part.get(key)
        yield from [one for one in (entry if isinstance(entry, list) else [entry]) if isinstance(one, str)]


def count(mail: Json, words: str) -> int:
    """How many times they stand in the mail; upper and lower case differ."""
    if not words:
        return 0
    texts = list(_texts(mail, _HEAD))
    for block in every_block(mail):
        texts += _texts(block, _keys(block))
    return sum(text.count(words) for text in texts)


def replaced(mail: Json, words: str, others: str) -> Json | None:
    """The mail with other words; None if a field would be too long then, or empty where it must not be."""
    head = _changes(mail, _HEAD, words, others)
    if head is None:
        return None
    result = mail | head
    for block in list(every_block(mail)):
        changes = _changes(block, _keys(block), words, others)
        if changes is None:
            return None
        result = with_changes(result, block["id"], changes)
    return result


def _changes(part: Json, keys: dict[str, int], words: str, others: str) -> Json | None:
    found: Json = {}
    for key, longest in keys.items():
        entry = part.get(key)
        if isinstance(entry, list):
            new: Any = [one.replace(words, others) if isinstance(one, str) else one for one in entry]
            fits = all(len(str(one)) <= 2_000 for one in new)
        elif isinstance(entry, str):
            new = entry.replace(words, others)
            fits = len(new) <= longest and (key != "unsubscribe" or bool(new.strip()))
        else:
            continue
        if new != entry:
            found[key] = new
            if not fits:
                return None
    return found
