"""A long mail as a short list: sections and columns folded away, and moved as one."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from localstore.records import DocKind
from render_preview.location import Location
from tests.tui.composer_driver import SPRING, Writer, writing
from tui.editing.document import every_block
from tui.editing.folds import hidden, moved, sections
from tui.memory import World


def heading(id: str, level: int = 1) -> dict[str, Any]:
    return {"id": id, "type": "heading", "text": id, "level": level}


def text(id: str) -> dict[str, Any]:
    return {"id": id, "type": "text", "text": id}


COLUMNS = {"id": "cols", "type": "columns", "ratio": "1:1", "cells": [[text("left")], []]}
BLOCKS = [
    text("intro"),
    heading("one"), text("a"), heading("sub", 2), text("b"), COLUMNS,
    heading("two"), text("c"),
    {"id": "foot", "type": "footer", "address": "Street 1"},
]  # fmt: skip


def put(world: World) -> None:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    mail = draft.content["contentJson"] | {"blocks": BLOCKS}
    world.drafts.store(DocKind.CAMPAIGN, SPRING, draft.content | {"contentJson": mail})


def rows(writer: Writer) -> list[str]:
    found = (writer.place.blocks.row_at(n) for n in range(writer.place.blocks.total))
    return [row.key for row in found if row]


async def goes_to(writer: Writer, key: str) -> None:
    await writer.chooses(rows(writer).index(key) + 1)


class TestFolding:
    async def test_a_section_is_one_line_that_says_how_much_is_in_it(self, world: World) -> None:
        put(world)
        async with writing(world) as (person, writer):
            await goes_to(writer, "one")
            await person.press("z")
            assert rows(writer) == ["intro", "one", "two", "c", "foot"]
            person.sees("▸5 one")
            assert writer.order == [block["id"] for block in BLOCKS]
            await person.press("z")
            assert len(rows(writer)) == 12

    async def test_from_inside_the_innermost_is_folded_first(self, world: World) -> None:
        put(world)
        async with writing(world) as (person, writer):
            await goes_to(writer, "left")
            await person.press("z")
            assert writer.place.current_id == "cols"
            await goes_to(writer, "b")
            await person.press("z")
            assert writer.place.current_id == "sub"
            await person.press("Z", "Z")
            assert rows(writer) == ["intro", "one", "two", "foot"]

    async def test_where_nothing_can_be_folded_it_says_what_can(self, world: World) -> None:
        put(world)
        async with writing(world) as (person, _):
            await person.press("z")
            person.was_told("Nothing to fold here")

    async def test_it_stays_while_the_window_is_open_and_opens_for_what_is_looked_for(
        self, world: World
    ) -> None:
        put(world)
        async with writing(world) as (person, writer):
            await person.press("Z", "escape", "enter")
            assert rows(writer) == ["intro", "one", "two", "foot"]
            await writer.place.jump(Location("left"))
            assert writer.place.current_id == "left"
            assert rows(writer) == [
                "intro",
                "one",
                "a",
                "sub",
                "b",
                "cols",
                "cols/0",
                "left",
                "cols/1",
                "two",
                "foot",
            ]

    async def test_a_fault_inside_is_marked(self, world: World) -> None:
        put(world)
        async with writing(world) as (person, writer):
            await goes_to(writer, "two")
            await person.press("a", "b", "escape")
            await goes_to(writer, "two")
            await person.press("z")
            await writer.checks()
            person.sees("! ▸2 two")


class TestTogether:
    async def test_what_is_folded_moves_with_its_heading_and_comes_back_with_one_undo(
        self, world: World
    ) -> None:
        put(world)
        async with writing(world) as (person, writer):
            before = writer.order
            await person.press("Z")
            await goes_to(writer, "two")
            await person.press("K")
            assert writer.order == ["intro", "two", "c", "one", "a", "sub", "b", "cols", "foot"]
            assert rows(writer) == ["intro", "two", "one", "foot"]
            await person.press("u")
            assert writer.order == before

    async def test_what_is_folded_is_cut_and_pasted_whole(self, world: World) -> None:
        put(world)
        async with writing(world) as (person, writer):
            await person.press("Z")
            await goes_to(writer, "one")
            await person.press("x")
            person.was_told("Cut 5 blocks")
            assert writer.order == ["intro", "two", "c", "foot"]
            await person.press("k", "p")
            assert writer.types == [
                "text",
                "heading",
                "text",
                "heading",
                "text",
                "columns",
                *["heading", "text", "footer"],
            ]


kinds = st.sampled_from(["h1", "h2", "h3", "text", "columns", "footer"])


@settings(max_examples=60, deadline=None)
@given(st.lists(kinds, min_size=1, max_size=9), st.data())
def test_moving_what_is_folded_loses_nothing_and_tears_no_section_apart(kinds: list[str], data: Any) -> None:
    def block(n: int, kind: str) -> dict[str, Any]:
        if kind == "columns":
            return {"id": f"{n}", "type": kind, "cells": [[text(f"{n}l")], []]}
        return heading(f"{n}", int(kind[1])) if kind[0] == "h" else {"id": f"{n}", "type": kind}

    mail = {"blocks": [block(n, kind) for n, kind in enumerate(kinds)]}
    under = sections(mail)
    folded = data.draw(st.sets(st.sampled_from(sorted(under)))) if under else set()
    in_sight = [b["id"] for b in mail["blocks"] if b["id"] not in hidden(mail, folded)]
    chosen = data.draw(st.sampled_from(in_sight))
    after = moved(mail, {chosen}, data.draw(st.sampled_from([-1, 1])), folded)
    order = [b["id"] for b in every_block(after)]
    assert sorted(order) == sorted(b["id"] for b in every_block(mail))
    for id in folded:
        inside = [key for key in under[id] if "/" not in key]
        assert order[order.index(id) + 1 :][: len(inside)] == inside
