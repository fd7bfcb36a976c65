from dataclasses import replace

from tests.tui.driver import opened
from tui.memory import World, empty_world


class TestTheMailbox:
    async def test_lists_the_mails_and_shows_the_one_under_the_cursor(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("6")
            person.sees("Longer days, new tea", "Hello Amir Berg", "from     Leaf & Co")
            await person.moves_to("amir.dubois1093@studio.example")
            person.sees("Hello Amir Dubois")

    async def test_v_shows_the_html_source_as_it_is(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("6", "v")
            person.sees("<h1>Hello Amir Berg</h1>")

    async def test_a_new_mail_appears_by_itself(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("6")
            world.mailbox.mails.insert(0, replace(world.mailbox.mails[0], key="new", to="new@example.com"))
            await person.waits(2)
            person.sees("new@example.com")

    async def test_filters_by_address_and_subject(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("6", "slash")
            await person.types("dubois")
            assert person.list.total == 4

    async def test_enter_moves_to_the_text_and_escape_back(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("6", "enter")
            assert person.app.focused is not person.list
            await person.press("escape")
            assert person.app.focused is person.list

    async def test_no_mail_yet_says_how_to_get_one(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("6")
            person.sees("No mail has arrived yet.")

    async def test_without_a_catcher_it_says_so(self) -> None:
        async with opened(empty_world()) as person:
            await person.press("6")
            person.sees("there is no local mailbox")
