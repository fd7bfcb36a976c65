"""A part of a mail (subject, HTML, text) as literal segments with slots between them.

A renderer writes one string in which each slot is a mark of non-characters, which no input can contain.
The string is cut at the marks once; from then on a mail is a join.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from contract.merge_tags import SENDERS_OWN, MergeTag
from render_preview.values import WRITERS, SlotKind, clean_value

_OPEN, _CLOSE = "\ufdd2", "\ufdd3"
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a contact's value, and how it is written there."""

    kind: SlotKind
    tag: MergeTag


@dataclass(frozen=True)
class Part:
    """`literals` has one item more than `slots`; they alternate."""

    literals: tuple[str, ...]
    slots: tuple[Slot, ...]

    def fill(self, values: Mapping[MergeTag, str]) -> str:
        """The part for one contact. `values` are resolved: cleaned, fallbacks in."""
        if not self.slots:
            return self.literals[0]
        pieces = [""] * (len(self.literals) + len(self.slots))
        pieces[0::2] = self.literals
        pieces[1::2] = [WRITERS[slot.kind](values[slot.tag]) for slot in self.slots]
        return "".join(pieces)

    @cached_property
    def literal_size(self) -> int:
        """Bytes in UTF-8 without any value."""
        return sum(len(literal.encode()) for literal in self.literals)


class Slots:
    """Collects the slots of one part while a renderer writes it."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []

    def mark(self, kind: SlotKind, tag: MergeTag) -> str:
        """The mark that stands in the renderer's output for this slot."""
        self._slots.append(Slot(kind, tag))
        return f"{_OPEN}{len(self._slots) - 1}{_CLOSE}"

    def cut(self, marked: str) -> Part:
        """The finished part."""
        pieces = _MARK.split(marked)
        return Part(tuple(pieces[0::2]), tuple(self._slots[int(number)] for number in pieces[1::2]))


def resolve(
    tags: Sequence[MergeTag], values: Mapping[str, str], reserved: Mapping[str, str]
) -> tuple[dict[MergeTag, str], tuple[str, ...]]:
    """Each tag's value or fallback, and the fields that had neither.

    A reserved name is never looked up among the contact's own fields.
    """
    found: dict[MergeTag, str] = {}
    missing: list[str] = []
    for tag in tags:
        source = reserved if tag.field in SENDERS_OWN else values
        value = clean_value(source.get(tag.field, ""))
        if not value:
            value = clean_value(tag.fallback or "")
            if tag.fallback is None and tag.field not in missing:
                missing.append(tag.field)
        found[tag] = value
    return found, tuple(missing)
