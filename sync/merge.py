"""Merging two versions of a document that grew from one base. Pure, and symmetric in mine and theirs.

What only one side changed wins, what both changed alike is settled, anything else is a question for the
person; nothing deleted comes back and nothing written is dropped. Fields are merged one by one,
`segmentId` and `sendAt` as one decision, blocks and steps by id and property, their order by pairs, prose
by sentences (`text_merge`), a segment's filter as one atom.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync.block_places import TOP, Place, Spread, gather, room_for, settle, spread
from sync.order_merge import insert_new, merge_order
from sync.text_merge import merge_text

Json = dict[str, Any]
Path = tuple[str, ...]

SEND_GROUP = ("segmentId", "sendAt")
PROSE = frozenset({"text"})
"""Properties of blocks that hold sentences."""

ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """One question. `kind` is field, send, text, property, edit_delete, type or order.

    `path` leads to the place, such as ("contentJson", "blocks", "b1a2", "text"). A side that does not
    have the value says None.
    """

    kind: str
    path: Path
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged content; where there is a conflict it holds mine."""

    content: Json
    conflicts: tuple[Conflict, ...]


@dataclass(slots=True)
class _Merge:
    conflicts: list[Conflict] = field(default_factory=list)

    def ask(self, kind: str, path: Path, base: Any, mine: Any, theirs: Any) -> None:
        known = (None if value is ABSENT else value for value in (base, mine, theirs))
        self.conflicts.append(Conflict(kind, path, *known))

    def pick(self, kind: str, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """The rule for an atom."""
        if mine == base:
            return theirs
        if theirs not in (base, mine):
            self.ask(kind, path, base, mine, theirs)
        return mine

    def fields(self, path: Path, base: Json, mine: Json, theirs: Json, merge_one: "MergeOne") -> Json:
        """Every key of a mapping on its own; a key that nobody has in the end is left out."""
        merged = {}
        for key in sorted({*base, *mine, *theirs}):
            sides = (side.get(key, ABSENT) for side in (base, mine, theirs))
            value = merge_one((*path, key), *sides)
            if value is not ABSENT:
                merged[key] = value
        return merged

    # A whole document

    def document(self, base: Json, mine: Json, theirs: Json) -> Json:
        group = tuple(tuple(side.get(key) for key in SEND_GROUP) for side in (base, mine, theirs))
        rest = [{k: v for k, v in side.items() if k not in SEND_GROUP} for side in (base, mine, theirs)]
        merged = self.fields((), rest[0], rest[1], rest[2], self._top)
        if any(key in side for key in SEND_GROUP for side in (base, mine, theirs)):
            chosen = self.pick("send", ("send",), *group)
            present = {key for side in (base, mine, theirs) for key in side}
            merged |= {key: v for key, v in zip(SEND_GROUP, chosen, strict=True) if key in present}
        return merged

    def _top(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        match path[-1]:
            case "contentJson":
                return self.content(path, base, mine, theirs)
            case "steps":
                return self.items(path, base, mine, theirs, self.step)
            case _:
                return self.pick("field", path, base, mine, theirs)

    def content(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """A block document; one of another version is an atom."""
        sides = (base, mine, theirs)
        if not all(isinstance(side, dict) for side in sides) or len({s.get("version") for s in sides}) != 1:
            return self.pick("field", path, base, mine, theirs)
        return self.fields(path, base, mine, theirs, self._part)

    def _part(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        if path[-1] == "blocks":
            return self.blocks(path, base, mine, theirs)
        if path[-1] == "theme" and all(isinstance(side, dict) for side in (base, mine, theirs)):
            return self.fields(path, base, mine, theirs, lambda p, b, m, t: self.pick("field", p, b, m, t))
        return self.pick("field", path, base, mine, theirs)

    # Lists of things with ids

    def items(self, path: Path, base: Any, mine: Any, theirs: Any, merge_item: "MergeOne") -> Any:
        sides = [by_id(side) for side in (base, mine, theirs)]
        if any(side is None for side in sides):
            return self.pick("field", path, base, mine, theirs)
        b, m, t = (side or {} for side in sides)
        kept = self._kept(path, b, m, t, merge_item)
        return [kept[id] for id in self._ordered(path, set(kept), list(b), list(m), list(t))]

    def _kept(self, path: Path, base: Json, mine: Json, theirs: Json, merge_item: "MergeOne") -> Json:
        kept = {}
        for id in sorted({*base, *mine, *theirs}):
            item = self._item((*path, id), (base.get(id), mine.get(id), theirs.get(id)), merge_item)
            if item is not None:
                kept[id] = item
        return kept

    def _ordered(
        self, path: Path, kept: set[str], base: list[str], mine: list[str], theirs: list[str]
    ) -> list[str]:
        there = kept.intersection(theirs)
        common = [id for id in mine if id in there]
        order, agreed = merge_order(common, base, mine, theirs)
        if not agreed:
            self.ask("order", path, base, mine, theirs)
        whole = insert_new(order, mine, theirs, kept)
        return whole + sorted(kept.difference(whole))

    def blocks(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """Blocks wherever they stand, then their places. The path of one in a column does not name it."""
        b, m, t = (spread(side) for side in (base, mine, theirs))
        if b is None or m is None or t is None:
            return self.items(path, base, mine, theirs, self.block)
        kept = self._kept(path, b.blocks, m.blocks, t.blocks, self.block)
        was, ours, other = (side.places() for side in (b, m, t))
        places = {id: settle(was.get(id), ours.get(id), other.get(id)) for id in kept}
        for id, _ in places.values():
            if id and id not in kept:  # something written in them survives, so the columns do
                kept[id] = m.blocks.get(id) or t.blocks[id]
        places = {id: room_for(places.get(id, TOP), kept) for id in kept}
        return gather(kept, self._orders(path, places, (b, m, t)))

    def _orders(
        self, path: Path, places: dict[str, Place], sides: tuple[Spread, Spread, Spread]
    ) -> dict[Place, list[str]]:
        members: dict[Place, set[str]] = {TOP: set()}
        for id, place in places.items():
            members.setdefault(place, set()).add(id)
        return {
            place: self._ordered(
                path if place == TOP else (*path, place[0], "cells", str(place[1])),
                ids,
                *(side.order.get(place, []) for side in sides),
            )
            for place, ids in sorted(members.items())
        }

    def _item(
        self, path: Path, sides: tuple[Json | None, Json | None, Json | None], merge_item: "MergeOne"
    ) -> Json | None:
        base, mine, theirs = sides
        if mine is not None and theirs is not None:
            merged: Json = merge_item(path, base or {}, mine, theirs)
            return merged
        left = mine if mine is not None else theirs
        if base is None or left is None:
            return left
        if left == base:
            return None
        self.ask("edit_delete", path, base, mine, theirs)
        return left

    def block(self, path: Path, base: Json, mine: Json, theirs: Json) -> Json:
        types = {side.get("type") for side in (base, mine, theirs) if side}
        if len(types) > 1:
            whole: Json = self.pick("type", path, base, mine, theirs)
            return whole
        return self.fields(path, base, mine, theirs, self._property)

    def _property(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        if path[-1] in PROSE and all(isinstance(side, str) for side in (base, mine, theirs)):
            text = merge_text(base, mine, theirs)
            if text is None:
                self.ask("text", path, base, mine, theirs)
                return mine
            return text
        return self.pick("property", path, base, mine, theirs)

    def step(self, path: Path, base: Json, mine: Json, theirs: Json) -> Json:
        return self.fields(path, base, mine, theirs, self._step_part)

    def _step_part(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        if path[-1] == "contentJson":
            return self.content(path, base, mine, theirs)
        return self.pick("property", path, base, mine, theirs)


MergeOne = Callable[[Path, Any, Any, Any], Any]


def by_id(items: Any) -> Json | None:
    """Items by their ids, in order; None if it is no list of things with distinct ids."""
    if not isinstance(items, list) or not all(isinstance(i, dict) and "id" in i for i in items):
        return None
    found = {item["id"]: item for item in items}
    return found if len(found) == len(items) else None


def merge(base: Json, mine: Json, theirs: Json) -> Merged:
    """Three-way merge of the contents of one document."""
    work = _Merge()
    content = work.document(base, mine, theirs)
    return Merged(content, tuple(work.conflicts))
