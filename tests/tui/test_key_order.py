"""Keys that arrive faster than screens open go where the person meant them."""

from textual import events
from textual.widgets import Input, TextArea

from tests.tui.driver import Person, opened
from tui.memory import World


async def rush(person: Person, *keys: str) -> None:
    """All keys at once, as a line that stalled delivers them."""
    for key in keys:
        character = {"enter": "\r", "colon": ":"}.get(key, key if len(key) == 1 else None)
        person.app.post_message(events.Key(key, character))
    for _ in range(40):
        await person.settle()
        if not person.app._keys_in_line and person.app._key_at_work is None:
            break


class TestTypingAhead:
    async def test_into_a_text_that_is_just_being_opened(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("enter")
            await rush(person, "down", "enter", *"Dads")
            field = person.app.focused
            assert isinstance(field, TextArea)
            assert field.text.startswith("DadsThe **first harvest**")

    async def test_into_a_prompt_that_is_just_being_opened(self, world: World) -> None:
        async with opened(world) as person:
            await rush(person, "colon", *"outb")
            field = person.app.focused
            assert isinstance(field, Input)
            assert field.value == "outb"
            await rush(person, *"ox", "enter")
            assert person.crumbs == ("Outbox",)

    async def test_a_paste_keeps_its_place_in_the_line(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("enter", "down", "enter")
            field = person.app.focused
            assert isinstance(field, TextArea)
            person.app.post_message(events.Key("a", "a"))
            person.app.post_message(events.Paste("PASTED"))
            person.app.post_message(events.Key("z", "z"))
            await rush(person)
            assert field.text.startswith("aPASTEDz")


class TestMovingInAText:
    async def test_to_its_end_and_back(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("enter", "down", "enter", "ctrl+end")
            field = person.app.focused
            assert isinstance(field, TextArea)
            assert field.cursor_location == field.document.end
            await person.press("ctrl+home")
            assert field.cursor_location == (0, 0)
