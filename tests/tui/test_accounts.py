from textual.widgets import Input

from tests.tui.driver import Person, opened
from tui.memory import World
from tui.screens.account import AccountScreen
from tui.screens.accounts import AccountsScreen


async def fills(person: Person, **values: str) -> None:
    for name, value in values.items():
        person.app.screen.query_one(f"#{name}", Input).value = value
    await person.settle()


class TestTheList:
    async def test_says_how_each_stands_and_why(self, world: World) -> None:
        async with opened(world, size=(140, 30)) as person:
            await person.goes("accounts")
            person.sees("Shop server · default", "mail.shop.example:587", "4,830 of 20,000", "✓ ready")
            await person.press("j")
            person.sees("421 4.7.0 too many connections, slow down", "It is tried again today 09:04")
            await person.press("j")
            person.sees("Paused by bo@shop.example: the contract ended.", "until r resumes it")

    async def test_without_any_it_says_through_what_mail_leaves(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("7")
            person.sees("Mails leave through the installation's server, 127.0.0.1:2525. Press n to add one.")

    async def test_offline_is_a_sentence(self, world: World) -> None:
        world.hub.offline = True
        async with opened(world) as person:
            await person.press("7")
            person.sees("The server cannot be reached", "Press R to try again.")


class TestAddingAndMending:
    async def test_a_wrong_port_is_tried_named_and_mended(self, first_day: World) -> None:
        first_day.accounts.working.add(("localhost", 2525))
        async with opened(first_day, size=(110, 30)) as person:
            await person.press("7", "n")
            await fills(person, name="Local", host="localhost", port="2526", fromEmail="me@shop.example")
            await fills(person, password="a secret")
            await person.press("f9")
            assert isinstance(person.app.screen, AccountsScreen)
            assert first_day.accounts.saved[-1]["password"] == "a secret"
            await person.press("t")
            person.sees("It does not work: localhost:2526 refused the connection.")
            await person.press("enter")
            person.does_not_see("a secret")
            await fills(person, port="2525")
            await person.press("f9", "t")
            person.sees("The server lets us in.")
            assert "password" not in first_day.accounts.saved[-1], "the present one stays"

    async def test_no_limit_is_an_empty_field_that_says_so(self, first_day: World) -> None:
        async with opened(first_day, size=(110, 30)) as person:
            await person.press("7", "n")
            assert person.screen.count("empty: no limit") == 2
            await fills(person, name="Local", host="localhost", fromEmail="me@shop.example", dailyCap="500")
            await person.press("f9")
            saved = first_day.accounts.saved[-1]
            assert (saved["rate"], saved["dailyCap"]) == (0, 500)
            await person.press("enter")
            person.sees("500")
            assert person.screen.count("empty: no limit") == 1
            await fills(person, dailyCap="")
            await person.press("f9")
            assert first_day.accounts.saved[-1]["dailyCap"] == 0

    async def test_leaving_asks_about_what_is_not_saved(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("7", "n", "escape")
            assert isinstance(person.app.screen, AccountsScreen), "nothing was typed, so nothing is asked"
            await person.press("n")
            await fills(person, host="localhost")
            await person.press("escape")
            person.sees("Leave without saving?", "are not saved")
            await person.press("enter")
            assert person.app.screen.query_one("#host", Input).value == "localhost"
            await person.press("ctrl+q")
            person.sees("Quit without storing it?")
            await person.press("escape", "escape", "tab", "enter")
            assert isinstance(person.app.screen, AccountsScreen)

    async def test_a_fault_is_named_and_its_field_has_the_focus(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("7", "n")
            await fills(person, name="Local", host="localhost", port="smtp", fromEmail="me@shop.example")
            await person.press("f9")
            person.sees("Port: a whole number, at least 1.")
            assert person.app.focused is person.app.screen.query_one("#port")
            assert first_day.accounts.saved == []

    async def test_the_servers_refusal_stays_beside_what_was_typed(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("7", "n")
            await fills(person, name="Local", host="localhost", fromEmail="me@shop.example")
            first_day.hub.refuse = "Only owners and admins may change sending accounts."
            await person.press("f9")
            person.sees("Only owners and admins may change sending accounts.", "localhost")
            assert isinstance(person.app.screen, AccountScreen)


class TestDeeds:
    async def test_pausing_asks_why_and_resuming_does_not(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("7", "p")
            person.sees("Pause “Shop server”?")
            await person.types("moving house")
            await person.press("enter")
            assert world.accounts.acts == [("1", "pause", "moving house")]
            person.sees("Paused by ana@shop.example: moving house.")
            await person.press("p")
            person.was_told("It is paused already.")
            await person.press("r")
            assert world.accounts.acts[-1] == ("1", "resume", "")
            person.was_told("Shop server sends again.")

    async def test_another_default(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("7", "j", "b")
            person.sees("Provider · default")
            person.does_not_see("Shop server · default")

    async def test_removing_asks_and_says_why_not(self, world: World) -> None:
        world.accounts.in_use["1"] = "March news"
        async with opened(world) as person:
            await person.press("7", "D", "enter")
            assert len(world.accounts.all) == 3, "Cancel has the focus"
            await person.press("D", "tab", "enter")
            person.was_told("“March news” is on its way through this account")
            world.accounts.in_use.clear()
            await person.press("D", "tab", "enter")
            assert [account.id for account in world.accounts.all] == ["2", "3"]

    async def test_what_receivers_find_stays_with_its_line(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("7", "c")
            person.sees(
                "✓ SPF: shop.example lets mail.shop.example send",
                "! DMARC:",
                "_dmarc.shop.example TXT v=DMARC1; p=none",
            )
            await person.press("j")
            person.does_not_see("DMARC")
            await person.press("k")
            person.sees("! DMARC:")


class TestDkim:
    async def test_a_key_is_made_copied_and_used_after_a_question(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("7", "d")
            person.sees("Its mails are not signed")
            await person.press("n")
            person.sees("hb20260302-1._domainkey.shop.example  TXT", "v=DKIM1; k=rsa", "○ not yet")
            await person.press("c")
            assert person.app.clipboard.startswith('hb20260302-1._domainkey.shop.example. IN TXT ( "v=DKIM1')
            await person.press("a", "enter")
            assert [key.active for key in world.accounts.signed] == [False], "Cancel has the focus"
            await person.press("a", "tab", "enter")
            person.sees("✓ signs")
            await person.press("n", "D", "tab", "enter")
            assert [key.selector for key in world.accounts.signed] == ["hb20260302-1"]
