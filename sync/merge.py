"""Merging two versions of a document that grew from one base. Pure, and symmetric in mine and theirs.

What only one side changed wins, what both changed alike is settled, anything else is a question for the
person; nothing deleted comes back and nothing written is dropped. Fields are merged one by one,
`segmentId` and `sendAt` as one decision, blocks and steps by id and property, their order by pairs, prose
by sentences (`text_merge`), a segment's filter as one atom.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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
            return self.items(path, base, mine, theirs, self.block)
        if path[-1] == "theme" and all(isinstance(side, dict) for side in (base, mine, theirs)):
            return self.fields(path, base, mine, theirs, lambda p, b, m, t: self.pick("field", p, b, m, t))
        return self.pick("field", path, base, mine, theirs)

    # Lists of things with ids

    def items(self, path: Path, base: Any, mine: Any, theirs: Any, merge_item: "MergeOne") -> Any:
        sides = [by_id(side) for side in (base, mine, theirs)]
        if any(side is None for side in sides):
            return self.pick("field", path, base, mine, theirs)
        b, m, t = (side or {} for side in sides)
        kept = {}
        for id in sorted({*b, *m, *t}):
            item = self._item((*path, id), (b.get(id), m.get(id), t.get(id)), merge_item)
            if item is not None:
                kept[id] = item
        common = [id for id in m if id in t and id in kept]
        order, agreed = merge_order(common, list(b), list(m), list(t))
        if not agreed:
            self.ask("order", path, list(b), list(m), list(t))
        return [kept[id] for id in insert_new(order, list(m), list(t), kept)]

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
