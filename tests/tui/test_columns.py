"""Columns, conditions and the other blocks, from the keyboard alone in a small terminal."""

import pytest

from tests.tui.composer_driver import Writer, writing
from tests.tui.driver import Person
from tui.editing.document import why_too_full, with_changes
from tui.memory import World


async def adds(person: Person, letter: str) -> None:
    await person.press("a", letter)
    await person.press("escape")


async def makes_columns(person: Person, writer: Writer) -> None:
    """Two columns under the second block, a picture in the left one and words in the right one."""
    await writer.chooses(2)
    await adds(person, "c")
    await person.press("j")
    await adds(person, "i")
    await person.press("j")
    await adds(person, "t")


def inside(writer: Writer) -> list[list[str]]:
    return [[leaf["type"] for leaf in cell] for cell in writer.blocks[2]["cells"]]


class TestColumns:
    async def test_blocks_are_put_into_them_in_place(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await makes_columns(person, writer)
            assert writer.types == ["heading", "text", "columns", "button", "footer"]
            assert inside(writer) == [["image"], ["text"]]
            person.sees("col 1", "col 2", "  image")

    async def test_what_is_in_them_is_edited_checked_and_undone(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await makes_columns(person, writer)
            await writer.enters("Words", "Beside it")
            assert writer.blocks[2]["cells"][1][0]["text"] == "Beside it"
            await writer.checks()
            assert any("alternative text" in finding.message for finding in writer.place.findings)
            await person.press("escape", "u")
            assert writer.blocks[2]["cells"][1][0]["text"] == ""

    async def test_a_block_moves_from_column_to_column(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await makes_columns(person, writer)
            await person.press("K")
            assert inside(writer) == [["image", "text"], []]
            await person.press("K")
            assert inside(writer) == [["text", "image"], []]
            await person.press("J", "J")
            assert inside(writer) == [["image"], ["text"]]

    async def test_another_ratio_keeps_every_block(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await makes_columns(person, writer)
            await writer.chooses(3)
            await writer.enters("Widths", "1:1:1")
            assert inside(writer) == [["image"], ["text"], []]
            await writer.enters("Widths", "2:1")
            assert inside(writer) == [["image"], ["text"]]

    async def test_columns_do_not_go_into_columns(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await makes_columns(person, writer)
            await adds(person, "c")
            assert writer.types == ["heading", "text", "columns", "columns", "button", "footer"]
            assert inside(writer) == [["image"], ["text"]]

    async def test_a_copy_has_ids_of_its_own_inside_too(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await makes_columns(person, writer)
            await writer.chooses(3)
            await person.press("y")
            one, other = writer.blocks[2], writer.blocks[3]
            assert one["cells"][0][0]["id"] != other["cells"][0][0]["id"]
            await person.press("D")
            assert writer.types == ["heading", "text", "columns", "button", "footer"]

    async def test_a_column_by_itself_cannot_be_taken_out(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await makes_columns(person, writer)
            await writer.chooses(4)
            await person.press("D")
            assert inside(writer) == [["image"], ["text"]]


class TestRoom:
    """The server takes twenty blocks in a column."""

    def test_what_another_ratio_leaves_no_room_for_goes_below_the_columns(self) -> None:
        cells = [[{"id": f"{cell}{n}", "type": "divider"} for n in range(15)] for cell in "abc"]
        columns = {"id": "c", "type": "columns", "ratio": "1:1:1", "cells": cells}
        changed = with_changes({"blocks": [columns]}, "c", {"ratio": "1:1"})
        first, *below = changed["blocks"]
        assert [len(cell) for cell in first["cells"]] == [15, 20]
        assert [block["id"] for block in below] == [f"c{n}" for n in range(5, 15)]
        assert why_too_full(changed) is None

    def test_a_full_column_takes_no_more(self) -> None:
        full = [{"id": f"b{n}", "type": "divider"} for n in range(21)]
        columns = {"id": "c", "type": "columns", "ratio": "1:1", "cells": [full, []]}
        assert why_too_full({"blocks": [columns]}) == "A column takes 20 blocks at most."


class TestForSome:
    async def test_a_condition_is_written_as_in_a_segment(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await writer.enters("Only if", 'plan = pro and city = "Lisbon"')
            condition = writer.blocks[1]["showIf"]
            assert [one["field"] for one in condition["all"]] == ["plan", "city"]
            assert "only if" in writer.preview
            await person.press("escape")
            person.sees("◆")

    async def test_one_that_is_not_understood_is_explained_and_not_stored(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await writer.enters("Only if", "plam = pro")
            assert writer.blocks[1].get("showIf") is None
            person.sees("Did you mean plan?")

    async def test_without_one_everybody_sees_it_again(self, world: World) -> None:
        async with writing(world) as (_, writer):
            await writer.chooses(2)
            await writer.enters("Only if", "vip = true")
            await writer.enters("Only if", "")
            assert writer.blocks[1]["showIf"] is None


@pytest.mark.parametrize(
    ("letter", "label", "entry", "stored"),
    [
        ("l", "Points", "One\n\nTwo", {"items": ["One", "Two"]}),
        ("l", "Numbered", "yes", {"ordered": True}),
        ("o", "Words", "Well said", {"text": "Well said"}),
        ("o", "Who", "Ana", {"cite": "Ana"}),
        ("k", "Code", "  a\n b", {"text": "  a\n b"}),
        ("w", "Links", "RSS https://x.example", {"links": [{"network": "rss", "href": "https://x.example"}]}),
        ("m", "HTML", "<p>x</p>", {"html": "<p>x</p>"}),
        ("m", "As text", "x", {"text": "x"}),
    ],
)  # fmt: skip
async def test_every_field_of_the_other_blocks_is_stored(
    world: World, letter: str, label: str, entry: str, stored: dict[str, object]
) -> None:
    async with writing(world) as (person, writer):
        await writer.chooses(2)
        await person.press("a", letter)
        await writer.enters(label, entry)
        assert {key: writer.blocks[2][key] for key in stored} == stored


@pytest.mark.parametrize(
    ("entry", "words"),
    [("gihub https://x.example", "Did you mean github?"), ("x a b", "A name and an address")],
)
async def test_a_link_that_is_not_one_is_explained(world: World, entry: str, words: str) -> None:
    async with writing(world) as (person, writer):
        await writer.chooses(2)
        await person.press("a", "w")
        await writer.enters("Links", entry)
        assert writer.blocks[2]["links"] == []
        person.sees(words)


async def test_a_block_is_found_by_a_few_letters(world: World) -> None:
    async with writing(world, size=(80, 24)) as (person, writer):
        await writer.chooses(1)
        await person.press("a", "slash")
        await person.types("side by")
        await person.press("enter")
        assert writer.types[1] == "columns"
