"""Merging two versions of a document that grew from one base. Pure functions.

An atom is merged by one rule: what only one side changed wins, what both changed alike is settled, and
anything else is a question for the person. `segmentId` and `sendAt` are one atom: who gets it and when
is one decision. Content is one atom too in this version; merging inside it comes with the full merge.
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

SEND_GROUP = ("segmentId", "sendAt")


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged content, and the names of the atoms that both sides changed differently."""

    content: Json
    conflicts: tuple[str, ...]


def _atoms(*sides: Json) -> list[tuple[str, ...]]:
    names = sorted({name for side in sides for name in side})
    atoms: list[tuple[str, ...]] = [(name,) for name in names if name not in SEND_GROUP]
    group = tuple(name for name in SEND_GROUP if name in names)
    return [*atoms, group] if group else atoms


def merge(base: Json, mine: Json, theirs: Json) -> Merged:
    """Three-way merge. Where there is a conflict, `content` holds mine."""
    content: Json = {}
    conflicts = []
    for atom in _atoms(base, mine, theirs):
        b, m, t = (tuple(side.get(name) for name in atom) for side in (base, mine, theirs))
        if m not in (b, t) and t != b:
            conflicts.append(" and ".join(atom))
        chosen = t if m == b else m
        content.update(zip(atom, chosen, strict=True))
    return Merged(content, tuple(conflicts))
