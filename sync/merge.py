"""Merging two versions of a document that grew from one base. Pure, and symmetric in mine and theirs.

What only one side changed wins, what both changed alike is settled, anything else is a question for the
person; nothing deleted comes back and nothing written is dropped. Fields are merged one by one,
`segmentId` and `sendAt` as one decision, a sequence's settings one by one, blocks and steps by id and
property, their order by pairs, prose by sentences (`text_merge`), a segment's filter as one atom.

A person's decisions go in by the place they are about, so that the text she accepts is made by the very
rules that made the questions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract.sequence_settings import DEFAULT_SETTINGS
from sync.block_places import TOP, Place, Spread, gather, room_for, settle, spread
from sync.merge_spots import (
    ABSENT,
    Choice,
    Decision,
    Json,
    Merged,
    Own,
    Path,
    Spot,
    by_id,
    second_id,
)
from sync.order_merge import insert_new, merge_order
from sync.text_merge import merge_text, merge_text_with

SEND_GROUP = ("segmentId", "sendAt")
PROSE = frozenset({"text"})
"""Properties of blocks that hold sentences."""
_SIDES = {Choice.MINE: "m", Choice.THEIRS: "t", Choice.BOTH: "tm", Choice.BASE: "b"}


@dataclass(slots=True)
class _Merge:
    """Walks the three versions at once and collects what came of each spot."""

    decisions: Mapping[Path, Decision]
    conflicts: list[Spot] = field(default_factory=list)
    changes: list[Spot] = field(default_factory=list)
    twins: dict[str, str] = field(default_factory=dict)

    def ask(self, kind: str, path: Path, base: Any, mine: Any, theirs: Any) -> None:
        self.conflicts.append(_spot(kind, path, base, mine, theirs))

    def note(self, kind: str, path: Path, base: Any, mine: Any, theirs: Any) -> None:
        self.changes.append(_spot(kind, path, base, mine, theirs))

    def chosen(self, path: Path, base: Any, mine: Any, theirs: Any, otherwise: Any) -> Any:
        """What the person decided here, else what the rules make of it."""
        match self.decisions.get(path):
            case None | Choice.BOTH:
                return otherwise
            case Own(value):
                return value
            case choice:
                return {Choice.MINE: mine, Choice.THEIRS: theirs, Choice.BASE: base}[choice]

    def pick(self, kind: str, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """The rule of three, for one indivisible value."""
        if mine == theirs:
            return mine
        sides = (base, mine, theirs)
        if base in (mine, theirs):
            self.note(kind, path, *sides)
            return self.chosen(path, base, mine, theirs, theirs if mine == base else mine)
        self.ask(kind, path, *sides)
        return self.chosen(path, base, mine, theirs, mine)

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
        sides = (base, mine, theirs)
        group = tuple(tuple(side.get(key) for key in SEND_GROUP) for side in sides)
        rest = [{k: v for k, v in side.items() if k not in SEND_GROUP} for side in sides]
        merged = self.fields((), rest[0], rest[1], rest[2], self._top)
        present = {key for side in sides for key in side if key in SEND_GROUP}
        if present:
            chosen = self.pick("send", ("send",), *group)
            merged |= {key: v for key, v in zip(SEND_GROUP, chosen, strict=True) if key in present}
        return merged

    def _top(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        match path[-1]:
            case "contentJson":
                return self.content(path, base, mine, theirs)
            case "steps":
                return self.items(path, base, mine, theirs, self.step)
            case "settings":
                return self.settings(path, base, mine, theirs)
            case _:
                return self.pick("field", path, base, mine, theirs)

    def settings(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """Each setting on its own; one that is not there, as before there were any, has its default."""
        b, m, t = (DEFAULT_SETTINGS | (s if isinstance(s, dict) else {}) for s in (base, mine, theirs))
        return self.fields(path, b, m, t, lambda *spot: self.pick("field", *spot))

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
        for id in list(kept):
            if self.decisions.get((*path, id)) is Choice.BOTH and id in mine and id in theirs:
                twin = second_id(id, {*base, *mine, *theirs})
                kept[twin], self.twins[id] = theirs[id] | {"id": twin}, twin
        return kept

    def _ordered(
        self, path: Path, kept: set[str], base: list[str], mine: list[str], theirs: list[str]
    ) -> list[str]:
        there = kept.intersection(theirs)
        common = [id for id in mine if id in there]
        order = self._order_of(path, common, base, mine, theirs)
        whole: list[str] = []
        for id in insert_new(order, mine, theirs, kept):
            whole += [id, self.twins[id]] if id in self.twins else [id]
        return whole + sorted(kept.difference(whole))

    def _order_of(
        self, path: Path, common: list[str], base: list[str], mine: list[str], theirs: list[str]
    ) -> list[str]:
        """The order of what both sides have at this place."""
        merged, agreed = merge_order(common, base, mine, theirs)
        among = set(common)
        b, m, t = ([id for id in side if id in among] for side in (base, mine, theirs))
        if not agreed:
            self.ask("order", path, b, m, t)
        elif len(b) == len(common) and merged != b:
            self.note("order", path, b, m, t)
        wanted: list[str] = self.chosen(path, b, m, t, merged)
        return wanted if len(wanted) == len(common) else merged

    def blocks(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        """Blocks wherever they stand, then their places. The path of one in a column does not name it."""
        b, m, t = (spread(side) for side in (base, mine, theirs))
        if b is None or m is None or t is None:
            return self.items(path, base, mine, theirs, self.block)
        kept = self._kept(path, b.blocks, m.blocks, t.blocks, self.block)
        was, ours, other = (side.places() for side in (b, m, t))
        places = {id: settle(was.get(id), ours.get(id), other.get(id)) for id in kept}
        places |= {twin: places[id] for id, twin in self.twins.items() if id in places}
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
            if left is not None:
                self.note("new", path, *sides)
            return None if left is None else self.chosen(path, base, mine, theirs, left)
        if left == base:
            self.note("deleted", path, *sides)
            return self.chosen(path, base, mine, theirs, None)  # type: ignore[no-any-return]
        self.ask("edit_delete", path, base, mine, theirs)
        return self.chosen(path, base, mine, theirs, left)  # type: ignore[no-any-return]

    def block(self, path: Path, base: Json, mine: Json, theirs: Json) -> Json:
        types = {side.get("type") for side in (base, mine, theirs) if side}
        if len(types) > 1:
            whole: Json = self.pick("type", path, base, mine, theirs)
            return whole
        return self.fields(path, base, mine, theirs, self._property)

    def _property(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        if path[-1] in PROSE and all(isinstance(side, str) for side in (mine, theirs)):
            return self._prose(path, base if isinstance(base, str) else "", mine, theirs)
        sides = (base, mine, theirs)
        if all(isinstance(side, list) and side and by_id(side) is not None for side in sides):
            return self.items(path, base, mine, theirs, self.block)
        return self.pick("property", path, base, mine, theirs)

    def _prose(self, path: Path, base: str, mine: str, theirs: str) -> str:
        if mine == theirs:
            return mine
        text = merge_text(base, mine, theirs)
        decision = self.decisions.get(path)
        if text is not None:
            self.note("text", path, base, mine, theirs)
            chosen: str = self.chosen(path, base, mine, theirs, text)
            return chosen
        self.ask("text", path, base, mine, theirs)
        if isinstance(decision, Own):
            return str(decision.value)
        return mine if decision is None else merge_text_with(base, mine, theirs, _SIDES[decision])

    def step(self, path: Path, base: Json, mine: Json, theirs: Json) -> Json:
        return self.fields(path, base, mine, theirs, self._step_part)

    def _step_part(self, path: Path, base: Any, mine: Any, theirs: Any) -> Any:
        if path[-1] == "contentJson":
            return self.content(path, base, mine, theirs)
        return self.pick("property", path, base, mine, theirs)


MergeOne = Callable[[Path, Any, Any, Any], Any]


def _spot(kind: str, path: Path, *sides: Any) -> Spot:
    return Spot(kind, path, *(None if side is ABSENT else side for side in sides))


def merge(base: Json, mine: Json, theirs: Json, decisions: Mapping[Path, Decision] | None = None) -> Merged:
    """Three-way merge of the contents of one document; `decisions` are a person's, by place."""
    work = _Merge(decisions or {})
    content = work.document(base, mine, theirs)
    return Merged(content, tuple(work.conflicts), tuple(work.changes))
