"""Merge tags finished while typing: with the keyboard alone, in the smallest terminal."""

import pytest
from textual.widgets import Input

from contract.contacts import BUILT_IN_FIELDS
from contract.merge_tags import find_tags
from tests.tui.composer_driver import writing
from tui.editing.tag_completion import fallback_at, offer_at, taken
from tui.memory import World
from tui.widgets.tag_menu import TagMenu

FIELDS = {field.key: field for field in BUILT_IN_FIELDS}
SMALL = (80, 24)


class TestOffer:
    @pytest.mark.parametrize(
        ("line", "keys"),
        [
            ("Hi {{", ["name", "email", "status"]),
            ("Hi {{ na", ["name"]),
            ("Hi {{ N", ["name"]),
            ("Hi {{ mail", ["email"]),
            ("Hi {{ unsub", ["unsubscribe_url"]),
            ("{{ name | friend }} and {{ st", ["status"]),
        ],
    )
    def test_is_what_begins_with_it_then_what_holds_it(self, line: str, keys: list[str]) -> None:
        offer = offer_at(line, len(line), FIELDS)
        assert offer is not None
        assert [one.key for one in offer.candidates][: len(keys)] == keys

    @pytest.mark.parametrize(
        "line", ["Hi {", "Hi {{ nothing_like_it", "{{ name }}", "{{ name | fr", "Hi {{ na me", ""]
    )
    def test_nothing_where_no_field_is_begun(self, line: str) -> None:
        assert offer_at(line, len(line), FIELDS) is None

    @pytest.mark.parametrize(
        ("line", "becomes"),
        [
            ("Hi {{^", "Hi {{ name | ^ }}"),
            ("Hi {{na^!", "Hi {{ name | ^ }}!"),
            ("Hi {{ em^", "Hi {{ email }}^"),
            ("Hi {{ na^ | friend }}", "Hi {{ name^ | friend }}"),
            ("Hi {{ na^xx }}", "Hi {{ name^ }}"),
        ],
    )
    def test_becomes_a_whole_tag(self, line: str, becomes: str) -> None:
        cursor, line = line.index("^"), line.replace("^", "")
        offer = offer_at(line, cursor, FIELDS)
        assert offer is not None
        text, at = taken(offer, offer.candidates[0], line)
        made = line[: offer.start] + text + line[offer.end :]
        at += offer.start
        assert made[:at] + "^" + made[at:] == becomes
        assert len(find_tags(made)) == 1

    def test_what_stands_there_otherwise_is_asked_between_bar_and_end(self) -> None:
        line = "Hi {{ name | friend }}, {{ email }}"
        asked = [at for at in range(len(line) + 1) if fallback_at(line, at, FIELDS)]
        assert asked == list(range(line.index("|") + 1, line.index("}}") + 1))


class TestKeyboard:
    async def test_a_greeting_in_a_text(self, world: World) -> None:
        async with writing(world, size=SMALL) as (person, writer):
            await writer.chooses(2)
            await person.press("enter", "ctrl+home", *"Hi {{")
            person.sees("name", "city", "enter takes it, esc closes")
            menu, line = writer.place.query_one(TagMenu).region, writer.row("Words").field.region.y
            assert menu.y == line + 1
            assert menu.bottom <= 24
            await person.press("n", "a", "enter")
            person.sees("Type what those without it read: Name", "tab goes on behind it")
            await person.press(*"you", "tab", ",")
            assert writer.blocks[1]["text"].startswith("Hi {{ name | you }},The **first")
            person.does_not_see("tab goes on behind it")

    async def test_in_subject_and_button_another_is_chosen_with_the_arrows(self, world: World) -> None:
        async with writing(world, size=SMALL) as (person, writer):
            await writer.types_subject("")
            await person.press("{", "{")
            await person.press("down", "down", "up", "up", "up")
            person.sees("view_url")
            assert (
                writer.place.query_one(TagMenu).region.y == writer.place.query_one("#subject").region.bottom
            )
            await person.press("enter")
            assert writer.stored["contentJson"]["subject"] == "{{ view_url }}"
            await writer.chooses(3)
            await writer.enters("Address", "https://shop.example/")
            await person.press(*"{{ci", "tab")
            assert writer.blocks[2]["href"] == "https://shop.example/{{ city |  }}"

    async def test_escape_closes_it_and_leaves_the_words_alone(self, world: World) -> None:
        async with writing(world, size=SMALL) as (person, writer):
            await writer.chooses(3)
            await writer.enters("Label", "")
            await person.press(*"{{n", "escape", *"am")
            person.does_not_see("enter takes it")
            assert isinstance(person.app.focused, Input)
            assert writer.blocks[2]["label"] == "{{nam"
            await person.press("escape")
            assert person.app.focused is writer.place.blocks

    async def test_keys_keep_their_meaning_where_nothing_is_offered(self, world: World) -> None:
        async with writing(world, size=SMALL) as (person, writer):
            await writer.types_subject("Hello")
            await person.press("enter")
            assert person.app.focused is writer.place.query_one("#preheader")
            await writer.chooses(2)
            await person.press("enter", "ctrl+home", "enter", "up", *"{{zz", "enter")
            assert writer.blocks[1]["text"].startswith("{{zz\n\nThe")

    async def test_leaving_the_field_closes_it(self, world: World) -> None:
        async with writing(world, size=SMALL) as (person, writer):
            await writer.types_subject("")
            await person.press("{", "{")
            writer.place.blocks.focus()
            await person.settle()
            person.does_not_see("enter takes it")
