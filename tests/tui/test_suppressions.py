from tests.tui.driver import opened
from tui.memory import World


class TestTheList:
    async def test_why_since_when_and_of_which_mail(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.goes("suppressions")
            person.sees("132 addresses", "bounced 65 · unsubscribed 65", "complaint", "February news")
            person.sees("(not kept: 0000", "by hand")

    async def test_it_grows_to_its_end(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("8")
            assert person.list.total == 50
            await person.press("G", "G", "G")
            assert person.list.total == 132

    async def test_one_reason_after_the_other(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("8", "s")
            person.sees("65 bounced addresses")
            await person.goes("suppressions reason=complaint")
            person.sees("1 complaint address")
            assert person.list.total == 1

    async def test_search(self, world: World) -> None:
        email = world.suppressions.all[5].email
        assert email is not None
        async with opened(world, size=(120, 30)) as person:
            await person.press("8", "slash")
            await person.types(email)
            await person.waits(0.2)
            person.sees("1 address", email)
            await person.types("nobody@nowhere")
            await person.waits(0.2)
            person.sees("No contact's address has this.")
            await person.press("escape")
            await person.waits(0.2)
            person.sees("132 addresses")

    async def test_empty_and_offline(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("8")
            person.sees("Everyone may be written to.")
            first_day.hub.offline = True
            await person.press("R")
            person.sees("The server cannot be reached", "Press R to try again.")


class TestDeeds:
    async def test_undo_asks_and_says_what_it_was_for(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("8", "j", "j")
            assert person.line == world.suppressions.all[2].email
            await person.press("x")
            person.sees("again?", "It is here because: bounced, of")
            await person.press("enter")
            assert len(world.suppressions.all) == 132, "Cancel has the focus"
            await person.press("x", "tab", "enter")
            assert len(world.suppressions.all) == 131
            person.was_told("may be written to again.")

    async def test_never_for_a_complaint(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("8", "j")
            assert person.hints["Undo"] is False
            await person.press("x")
            person.was_told("This person complained about our mail: that is never undone.")

    async def test_an_address_by_hand(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("8", "n")
            await person.types("nonsense")
            await person.press("enter")
            person.sees("An address looks like ana@example.com.")
            await person.types("never@shop.example")
            await person.press("enter")
            person.was_told("never@shop.example is never written to again.")
            assert person.line == "never@shop.example"
