"""Templates and snippets: kept by one, used by all."""

import asyncio

import pytest

from localstore.records import DocKind, SavedMail
from tests.tui.composer_driver import Writer, writing
from tests.tui.driver import Person, opened
from tui.memory import World
from tui.memory.library import MemoryLibrary


async def keeps(person: Person, key: str, name: str) -> None:
    await person.press(key)
    await person.types(name)
    await person.press("enter")


def names(library: MemoryLibrary) -> list[str]:
    return sorted(saved.name for saved in library.kept.values())


async def with_two_snippets(person: Person, writer: Writer) -> None:
    """Heading and text as "Opening", the button as "Closing"."""
    await writer.chooses(1)
    await person.press("space", "space")
    await keeps(person, "S", "Opening")
    await person.press("U")
    await writer.chooses(3)
    await keeps(person, "S", "Closing")


class TestTemplates:
    async def test_a_mail_is_kept_and_another_started_from_it(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("Kept as typed")
            await person.press("escape", "escape")
            await person.moves_to("Spring offer")
            await person.press("enter")
            await writer.chooses(1)
            await keeps(person, "T", "Monthly")
            person.was_told("Saved the template “Monthly”")
            original = writer.order
            await person.press("escape", "t", "enter")
            await person.types("April")
            await person.press("enter")
            assert person.crumbs == ("Campaigns", "April")
            made = Writer(person, writer.place.session.id)
            assert made.stored["contentJson"]["subject"] == "Kept as typed"
            assert made.types == writer.types
            assert not set(made.order) & set(original)

    @pytest.mark.parametrize(("keys", "subject"), [(["enter"], "Old"), (["tab", "enter"], "New")])
    async def test_a_name_that_is_there_is_replaced_only_if_meant(
        self, world: World, keys: list[str], subject: str
    ) -> None:
        await world.templates.save("Monthly", {"version": 1, "subject": "Old", "blocks": []})
        async with writing(world) as (person, writer):
            await writer.types_subject("New")
            await writer.chooses(1)
            await keeps(person, "T", "monthly")
            person.sees("There is a template “Monthly” already")
            await person.press(*keys)
            [kept] = world.templates.kept.values()
            assert kept.content_json["subject"] == subject

    async def test_a_mail_that_was_sent_can_be_kept(self, world: World) -> None:
        async with writing(world, "February news") as (person, _):
            await keeps(person, "T", "Monthly")
            assert names(world.templates) == ["Monthly"]

    async def test_offline_nothing_is_kept_and_it_says_so(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(1)
            world.hub.offline = True
            await keeps(person, "T", "Monthly")
            assert names(world.templates) == []
            person.sees("The server cannot be reached")
            world.hub.offline = False
            await person.press("enter")
            assert names(world.templates) == ["Monthly"]

    async def test_keys_typed_ahead_of_the_question_reach_no_mail_and_replace_nothing(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await world.templates.save("Monthly", {"version": 1, "subject": "Old", "blocks": []})
        answered, ask = asyncio.Event(), world.templates.list

        async def slow() -> list[SavedMail]:
            await answered.wait()
            return await ask()

        monkeypatch.setattr(world.templates, "list", slow)
        async with writing(world) as (person, writer):
            await writer.chooses(1)
            before = writer.stored
            await keeps(person, "T", "monthly")
            person.sees("Asking the server")
            await person.press("D", "y", "x", "J", "enter")
            answered.set()
            await person.settle()
            person.sees("There is a template “Monthly” already")
            await person.press("escape")
            person.sees("Save as template")
            await person.press("escape")
            assert writer.stored == before
            assert not writer.place.session.history.can_undo
            assert [kept.content_json["subject"] for kept in world.templates.kept.values()] == ["Old"]


class TestChoosing:
    async def test_without_any_it_says_how_to_keep_the_first(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("t")
            person.sees("There are no templates yet. Open a campaign and press T")
            await person.press("enter", "D", "escape")
            assert person.crumbs == ("Campaigns",)

    async def test_offline_it_says_so(self, world: World) -> None:
        world.hub.offline = True
        async with opened(world) as person:
            await person.press("t")
            person.sees("The server cannot be reached")
            await person.press("escape")
            assert person.crumbs == ("Campaigns",)

    @pytest.mark.parametrize(
        ("keys", "left"), [(["enter"], ["Closing", "Opening"]), (["tab", "enter"], ["Opening"])]
    )
    async def test_one_is_deleted_only_if_meant(self, world: World, keys: list[str], left: list[str]) -> None:
        async with writing(world) as (person, writer):
            await with_two_snippets(person, writer)
            await person.press("i", "D")
            person.sees("“Closing” would be gone for everybody")
            await person.press(*keys)
            assert names(world.snippets) == left
            person.sees("Opening")


class TestSnippets:
    async def test_marked_blocks_are_kept_and_inserted_with_ids_of_their_own(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await with_two_snippets(person, writer)
            before = writer.order
            await writer.chooses(3)
            await person.press("i", "slash")
            await person.types("open")
            await person.press("enter")
            assert writer.types == ["heading", "text", "button", "heading", "text", "footer"]
            assert len(set(writer.order)) == len(before) + 2
            await person.press("u")
            assert writer.order == before

    async def test_none_is_inserted_where_nothing_can_be_changed(self, world: World) -> None:
        async with writing(world, "February news") as (person, _):
            await person.press("i")
            person.was_told("read-only")

    async def test_none_makes_a_mail_too_long(self, world: World) -> None:
        blocks = [{"id": f"b{n}", "type": "divider"} for n in range(199)]
        await world.snippets.save("Many", {"version": 1, "blocks": blocks})
        async with writing(world) as (person, writer):
            await writer.chooses(1)
            await person.press("i", "enter")
            person.was_told("Nothing was inserted")
            assert len(writer.order) == 4

    async def test_in_a_step_too(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("sequences")
            await person.press("enter", "enter")
            await keeps(person, "S", "From a step")
            assert names(world.snippets) == ["From a step"]


async def test_a_name_is_never_markup(world: World) -> None:
    await world.templates.save("[red]x[/] {{ a }}", {"version": 1, "blocks": []})
    async with opened(world) as person:
        await person.press("t")
        person.sees("[red]x[/] {{ a }}")
        await person.press("enter", "enter")
        assert world.drafts.list(DocKind.CAMPAIGN)[0].name == "[red]x[/] {{ a }}"
