"""Blocks through the terminal's clipboard: to other mails, other windows, and back from other programs."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.blocks import dump_document, load_document
from localstore.records import DocKind
from tests.render_preview.samples import leaves
from tests.tui.composer_driver import writing
from tests.tui.driver import opened
from tui.editing.block_json import PasteError, as_json, read_blocks
from tui.memory import World, lifelike_world
from tui.memory.world import doc_id


def step_blocks(world: World) -> list[list[str]]:
    draft = world.drafts.get(DocKind.SEQUENCE, doc_id(40))
    assert draft is not None
    return [[block["type"] for block in step["contentJson"]["blocks"]] for step in draft.content["steps"]]


KEYS = st.sampled_from(["blocks", "type", "cells", "id", "version", "text"])


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)


RUBBISH = [
    ("just words", "not JSON (line 1, column 1)"),
    ('{"blocks": [}', "not JSON (line 1, column 13)"),
    ("[]", "There are no blocks"),
    ('{"name": "x"}', "There are no blocks"),
    ("17", "There are no blocks"),
    ('[{"type": "texts"}]', "Block 1 is of the type “texts”"),
    ('[{"type": "text"}, {"text": "x"}]', "Block 2 says no type"),
    ('{"version": 9, "blocks": [{"type": "text"}]}', "newer version of Handbill"),
    ('[{"type": "heading", "level": 7}]', "Block 1, level: Input should be 1, 2 or 3"),
    ('[{"type": "text", "text": "\\ud800"}]', "Block 1, text: Input should be a valid string"),
    (
        '[{"type": "columns", "cells": [[{"type": "footer"}], []]}]',
        "Block 1, column 1, block 1 is of the type “footer”",
    ),
    (
        '[{"type": "columns", "cells": [[], [{"type": "spacer", "height": 0}]]}]',
        "Block 1, column 2, block 1, height: Input should be greater than",
    ),
    ('[{"type": "columns", "cells": [[], [], []]}]', "columns of 1:1 have 2 cells, not 3"),
    ("[" * 100_000, "cannot be read as JSON"),
    ("[1" + "0" * 5_000 + "]", "cannot be read as JSON"),
    (" " * 2_000_001, "too long"),
    (as_json([{"type": "divider"}] * 199), "A mail takes 200 blocks at most. Nothing was inserted."),
]


class TestCopying:
    async def test_marked_blocks_arrive_in_another_window_with_ids_of_their_own(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(1)
            await person.press("space", "space", "c")
            person.was_told("Copied 2 blocks")
            copied, original = person.app.clipboard, writer.blocks
        async with writing(lifelike_world(), "Survey", doc_id(26)) as (person, other):
            before = other.order
            await person.pastes(copied)
            person.was_told("Pasted 2 blocks")
            assert other.types == ["heading", "heading", "text", "text", "button", "footer"]
            assert [block["text"] for block in other.blocks[1:3]] == [b["text"] for b in original[:2]]
            assert len(set(other.order)) == len(before) + 2
            await person.press("u")
            assert other.order == before

    async def test_columns_keep_what_stands_in_them(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("a", "c", "escape", "down", "a", "i", "escape", "up", "up", "x")
            assert "columns" not in writer.types
            await person.pastes(person.app.clipboard)
            [columns] = [block for block in writer.blocks if block["type"] == "columns"]
            assert [[leaf["type"] for leaf in cell] for cell in columns["cells"]] == [["image"], []]

    async def test_from_a_mail_into_a_step_of_a_sequence(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(3)
            await person.press("c")
            copied = person.app.clipboard
        async with opened(world) as person:
            await person.goes("sequences")
            await person.press("enter", "enter")
            before = step_blocks(world)[0]
            await person.pastes(copied)
            assert sorted(step_blocks(world)[0]) == sorted([*before, "button"])

    async def test_one_that_is_too_long_for_a_terminal_says_so_and_still_comes_with_p(
        self, world: World
    ) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await writer.enters("Words", "é" * 20_000)
            await person.press("escape", "y")
            await writer.chooses(2)
            await person.press("space", "space", "c")
            person.was_told("may be too long for the clipboard of your terminal")
            await person.press("p")
            assert writer.types.count("text") == 4


class TestPasting:
    async def test_rubbish_is_named_and_changes_nothing(self, world: World) -> None:
        async with writing(world) as (person, writer):
            before, saves = writer.stored, world.drafts.saves
            for text, words in RUBBISH:
                await person.pastes(text)
                person.was_told(words)
            assert writer.stored == before
            assert world.drafts.saves == saves
            assert not writer.place.session.history.can_undo

    @pytest.mark.parametrize(
        "text",
        [
            '{"type": "text", "text": "[/] [b"}',
            '[{"type": "text", "id": "b1", "text": "[/] [b"}]',
            '{"version": 1,\r "subject": "ignored", "blocks": [{"type": "text", "text": "[/] [b"}]}',
        ],
    )
    async def test_what_a_person_writes_by_hand_is_taken(self, world: World, text: str) -> None:
        async with writing(world) as (person, writer):
            subject = writer.stored["contentJson"]["subject"]
            await person.pastes(text)
            assert writer.blocks[1]["text"] == "[/] [b"
            assert writer.types == ["heading", "text", "text", "button", "footer"]
            assert writer.blocks[1]["id"] not in ("b1", "b2")
            assert writer.stored["contentJson"]["subject"] == subject

    async def test_json_in_a_field_is_words(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await person.press("enter")
            await person.pastes('{"type": "text"}')
            assert writer.blocks[1]["text"].startswith('{"type": "text"}')
            assert len(writer.types) == 4
            person.was_told_nothing()

    async def test_where_nothing_can_be_changed_it_says_why(self, world: World) -> None:
        async with writing(world, "February news") as (person, _):
            await person.pastes('{"type": "text"}')
            person.was_told("read-only")

    async def test_a_column_takes_no_more_than_the_server_does(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("a", "c", "escape", "down")
            await person.pastes(as_json([{"type": "divider"}] * 21))
            person.was_told("A column takes 20 blocks at most. Nothing was inserted.")


class TestJson:
    @settings(max_examples=40)
    @given(st.lists(leaves, min_size=1, max_size=3), st.booleans())
    def test_what_was_copied_is_read_again_word_for_word(
        self, written: list[dict[str, Any]], in_columns: bool
    ) -> None:
        if in_columns:
            written = [{"type": "columns", "cells": [written, []]}]
        document = load_document({"version": 1, "blocks": written})
        blocks = dump_document(document)["blocks"]
        read = read_blocks(as_json(blocks))
        assert without_ids(read) == without_ids(blocks)
        assert not ids(read) & ids(blocks)

    @settings(max_examples=40)
    @given(st.recursive(st.none() | st.floats() | st.text(max_size=5), nested, max_leaves=9))
    def test_any_other_json_is_a_sentence(self, value: object) -> None:
        with pytest.raises(PasteError, match="Nothing was changed"):
            read_blocks(json.dumps(value))


def ids(blocks: list[dict[str, Any]]) -> set[str]:
    return {b["id"] for b in blocks} | {b["id"] for each in blocks for c in each.get("cells", []) for b in c}


def without_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bare = [{key: part for key, part in block.items() if key != "id"} for block in blocks]
    return [b | {"cells": [without_ids(c) for c in b["cells"]]} if "cells" in b else b for b in bare]
