"""What may stand between `{{` and `}}`: the fields of the organisation's contacts, and what if one is empty.

Pure: a line, where the cursor is, and the known fields give what can be offered there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.merge_tags import MERGE_TAG, RESERVED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contract.contacts import FieldDefinition

_BEGUN = re.compile(r"\{\{[ \t]*([A-Za-z0-9_.]*)$")
_REST = re.compile(r"[A-Za-z0-9_.]*(?=[ \t]*(?:\|[^{}|]*)?\}\})")
_ALWAYS_THERE = {"email", "status", "created_at", *RESERVED}
"""Nobody is without these: they need nothing in their place."""
_LINKS = {
    "unsubscribe_url": "the link to leave",
    "preferences_url": "the link to what they get",
    "view_url": "the link to this mail in a browser",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A field that can be named. `label` is somebody's text."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Candidates for the characters `start` to `end` of the line; `whole`: the tag has its end already."""

    start: int
    end: int
    whole: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Fallback:
    """The cursor is behind the bar at `start`, where it says what stands there for those without `label`."""

    label: str
    start: int
    end: int


def offer_at(line: str, cursor: int, fields: Mapping[str, FieldDefinition]) -> Offer | None:
    """What can be named at the cursor; None where no tag was begun, or nothing fits."""
    begun = _BEGUN.search(line, 0, cursor)
    if begun is None:
        return None
    typed = begun[1].lower()
    everything = [Candidate(field.key, field.label) for field in fields.values()]
    everything += [Candidate(key, _LINKS.get(key, "")) for key in RESERVED]
    fits = [one for one in everything if typed in one.key.lower() or typed in one.label.lower()]
    fits.sort(key=lambda one: (not one.key.lower().startswith(typed), one.key in _ALWAYS_THERE))
    rest = _REST.match(line, cursor)
    end = rest.end() if rest else cursor
    return Offer(begun.start(1), end, rest is not None, tuple(fits)) if fits else None


def taken(offer: Offer, candidate: Candidate, line: str) -> tuple[str, int]:
    """What takes the place of the offer's characters, and where the cursor is then, counted from `start`."""
    if offer.whole:
        return candidate.key, len(candidate.key)
    space = "" if line[: offer.start].endswith((" ", "\t")) else " "
    if candidate.key in _ALWAYS_THERE:
        text = f"{space}{candidate.key} }}}}"
        return text, len(text)
    text = f"{space}{candidate.key} |  }}}}"
    return text, len(text) - len(" }}")


def fallback_at(line: str, cursor: int, fields: Mapping[str, FieldDefinition]) -> Fallback | None:
    """Whether the cursor is between the `|` and the end of a tag."""
    for tag in MERGE_TAG.finditer(line):
        bar = line.find("|", tag.start(), tag.end())
        if 0 <= bar < cursor <= tag.end() - 2:
            field = fields.get(tag[1])
            return Fallback(field.label if field else tag[1], bar, tag.end())
    return None
