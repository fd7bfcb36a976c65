from tests.tui.driver import opened
from tui.memory import World


class TestTheList:
    async def test_shows_how_many_there_are_and_the_first_of_them(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("3")
            person.sees("1,200 contacts", "amir.berg295@example.com", "✓ subscribed")

    async def test_the_last_of_them_needs_two_pages(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("3", "G")
            assert person.line == world.contacts.everyone[-1].email
            assert {offset for offset, _, _ in world.contacts.asked} == {0, 1100}

    async def test_an_empty_workspace_says_how_to_begin(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("3")
            person.sees("There is nobody yet. Press n to add a contact")

    async def test_offline_is_a_sentence_and_reloading_tries_again(self, world: World) -> None:
        world.hub.offline = True
        async with opened(world) as person:
            await person.press("3")
            person.sees("The server cannot be reached", "Press R to try again.")
            world.hub.offline = False
            await person.press("R")
            person.sees("1,200 contacts")
            person.does_not_see("cannot be reached")

    async def test_what_is_only_remembered_says_so(self, world: World) -> None:
        world.contacts.remembered = True
        async with opened(world) as person:
            await person.press("3")
            person.sees("1,200 contacts, as last seen: the server is away")


class TestSearch:
    async def test_asks_once_after_the_typing_stops(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("3", "slash")
            asked = len(world.contacts.asked)
            for text in ("g", "gr", "greta", "amir berg"):
                await person.types(text)
            await person.waits(0.1)
            assert len(world.contacts.asked) == asked
            await person.waits(0.1)
            assert [query for _, _, query in world.contacts.asked[asked:]] == ["amir berg"]
            person.sees("with “amir berg”", "Amir Berg")

    async def test_finding_nobody_says_how_to_see_everyone(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("3", "slash")
            await person.types("nobody at all")
            await person.waits(1)
            person.sees("Press esc to see everyone.")
            await person.press("escape")
            await person.waits(1)
            person.sees("1,200 contacts")

    async def test_goto_searches(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("contacts zoë")
            await person.waits(1)
            person.sees("with “zoë”")


class TestDetails:
    async def test_enter_shows_the_fields_of_the_contact_under_the_cursor(self, world: World) -> None:
        async with opened(world, size=(100, 24)) as person:
            await person.press("3", "j", "enter")
            contact = world.contacts.everyone[1]
            person.sees("birthday", str(contact.fields["birthday"]), "Europe/Lisbon")
            await person.press("j")
            person.sees(str(world.contacts.everyone[2].fields["birthday"]))

    async def test_whose_clock_counts_where_the_own_zone_is_not_known(self, world: World) -> None:
        contacts = world.contacts.everyone
        contacts[0] = contacts[0].model_copy(update={"time_zone": None})
        world.rules.org = world.rules.org.model_copy(update={"time_zone": "Asia/Tokyo"})
        async with opened(world, size=(120, 40)) as person:
            await person.press("3", "enter")
            person.sees("Asia/Tokyo (organisation's)")
            await person.press("j")
            person.sees("Europe/Lisbon")
            person.does_not_see("organisation's")


class TestAdd:
    async def test_an_address_and_a_name_make_a_contact(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("3", "n")
            await person.types("aaa@example.com")
            await person.press("enter")
            await person.types("Aaron")
            await person.press("enter")
            person.was_told("aaa@example.com is now a contact.")
            person.sees("1,201 contacts", "Aaron")

    async def test_nonsense_is_refused_before_asking_the_server(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("3", "n")
            await person.types("not an address")
            await person.press("enter")
            person.sees("An address looks like ana@example.com.")

    async def test_what_the_server_refuses_is_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("3", "n")
            await person.types(world.contacts.everyone[0].email)
            await person.press("enter", "enter")
            person.was_told("A contact with this address exists already.")
