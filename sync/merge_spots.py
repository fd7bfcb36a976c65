"""What a merge speaks of: spots in a document, what became of them, and what a person decides there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Json = dict[str, Any]
Path = tuple[str, ...]

ABSENT: Any = object()
"""Stands for a value that a side does not have at all."""


class Choice(StrEnum):
    """A side. BOTH is theirs and then mine, where two things can stand side by side."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    BASE = "base"


@dataclass(frozen=True, slots=True)
class Own:
    """A value of the person's own making."""

    value: Any


Decision = Choice | Own


@dataclass(frozen=True, slots=True)
class Spot:
    """One spot where the versions differ.

    `kind` is field, send, text, property, edit_delete, type or order; where nobody is asked also new and
    deleted, of blocks and steps. `path` leads there, such as ("contentJson", "blocks",
    "b1a2", "text"). A side that does not have the value says None.
    """

    kind: str
    path: Path
    base: Any
    mine: Any
    theirs: Any

    @property
    def both_possible(self) -> bool:
        """Whether both sides can stand side by side here."""
        return self.kind in ("text", "type")


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged content; where there is a conflict it holds mine, or what was decided.

    `changes` are the spots that were settled without asking.
    """

    content: Json
    conflicts: tuple[Spot, ...]
    changes: tuple[Spot, ...] = ()


def by_id(items: Any) -> Json | None:
    """Items by their ids, in order; None if it is no list of things with distinct ids."""
    if not isinstance(items, list) or not all(isinstance(i, dict) and "id" in i for i in items):
        return None
    found = {item["id"]: item for item in items}
    return found if len(found) == len(items) else None


def second_id(id: str, taken: set[str]) -> str:
    """An id for the second of two versions of one thing: the same whoever makes it."""
    number = 2
    while (made := f"{id[:28]}_{number}") in taken:
        number += 1
    return made
