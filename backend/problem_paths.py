"""From pydantic's idea of a place to the place in the JSON that was sent.

Pydantic puts the tag of a union into the path (`blocks.3.button.href`); what a client can use is
`blocks.3.href`. A member that is not in the JSON is a tag, unless it is the last one: then it is missing.
"""

from collections.abc import Sequence
from typing import Any

SELF_NAMED = ("all", "any", "not")
"""Tags of segment nodes that are also the name of the member below: they come in pairs."""


def _step(value: Any, part: Any) -> tuple[bool, Any]:
    """Whether `part` is a place inside `value`, and what is there."""
    if isinstance(value, dict) and part in value:
        return True, value[part]
    if isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
        return True, value[part]
    return False, value


def sent_path(location: Sequence[int | str], sent: Any) -> str:
    """The dotted path into the sent JSON."""
    path: list[str] = []
    index = 0
    while index < len(location):
        part = location[index]
        is_last = index == len(location) - 1
        if part in SELF_NAMED and not is_last and location[index + 1] == part:
            index += 1
        found, sent = _step(sent, part)
        if found or (is_last and part != "comparison"):
            path.append(str(part))
        index += 1
    return ".".join(path)
