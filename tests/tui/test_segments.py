from typing import Any

from localstore.records import DocKind, Draft
from tests.tui.driver import Person, opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.segment_words import UNFINISHED
from tui.widgets.filter_editor import FilterEditor

VIPS = doc_id(13)


def editor(person: Person) -> FilterEditor:
    return person.app.screen.query_one(FilterEditor)


def stored(world: World) -> dict[str, Any]:
    draft = world.drafts.get(DocKind.SEGMENT, VIPS)
    assert isinstance(draft, Draft)
    return draft.content


async def open_vips(person: Person) -> None:
    await person.press("2")
    await person.moves_to("Lisbon VIPs")
    await person.press("enter")


class TestTheSection:
    async def test_shows_name_count_and_filter(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("2")
            person.sees("Subscribers", "1,131", "status = subscribed")

    async def test_counts_anew_whenever_it_is_shown(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("2")
            world.audience.excluded[doc_id(11)] = {contact.id for contact in world.contacts.everyone[:100]}
            await person.press("1", "2")
            person.does_not_see("1,131")

    async def test_offline_shows_the_last_known_counts(self, world: World) -> None:
        world.hub.offline = True
        async with opened(world) as person:
            await person.press("2")
            person.sees("1,131")

    async def test_an_empty_section_says_how_to_begin(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("2")
            person.sees("There are no segments yet. Press n")

    async def test_a_new_segment_is_nobody_until_one_says_who(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("2", "n")
            await person.types("Tea lovers")
            await person.press("enter")
            assert person.crumbs == ("Segments", "Tea lovers")
            person.sees("no_one", "0 contacts")
            await person.press("v", "i", "p", "space", "equals_sign", "space", "t", "r", "u", "e")
            assert editor(person).text == "vip = true", "what is typed takes the place of no_one"
            await person.press("escape")
            assert person.line == "Tea lovers", "the cursor stands on what was made"


class TestTheFilter:
    async def test_while_one_types_only_keys_that_are_no_letters_are_offered(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            assert "f1 Help" in person.screen.splitlines()[-1]
            await person.press("f3")
            assert "? Help" in person.screen.splitlines()[-1]

    async def test_is_shown_as_text_with_its_count_and_a_sample(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            assert editor(person).text == 'vip = true and (city = "Lisbon" or city = "Porto")'
            person.sees("17 contacts", "beatriz.moreau884@example.net")

    async def test_what_is_typed_is_stored_at_once_and_counted_a_moment_later(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.types("vip = true")
            assert stored(world)["dslJson"] == {"field": "vip", "op": "eq", "value": True}
            assert person.badge == "saved here"
            person.sees("17 contacts")
            await person.waits(0.15)
            person.sees("70 contacts, the first 20 of them")

    async def test_only_the_last_of_several_texts_is_counted(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            before = len(world.audience.previews)
            for text in ("orders > 1", "orders > 2", "orders > 3"):
                await person.types(text)
                await person.waits(0.1)
            await person.waits(0.1)
            assert world.audience.previews[before:] == ["orders > 3"]

    async def test_a_mistake_is_underlined_where_it_is_and_the_right_word_offered(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.types('ctiy = "Lisbon"')
            assert editor(person).fault == (0, 4)
            person.sees("There is no field ctiy", "Did you mean city?")

    async def test_an_unfinished_filter_is_no_mistake_and_is_not_lost(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            before = stored(world)["dslJson"]
            await person.types("vip = true and ci")
            assert editor(person).fault is None
            person.sees("Not finished yet")
            assert stored(world)["dslJson"] == before
            assert stored(world)[UNFINISHED] == "vip = true and ci"
            await person.press("escape")
            person.sees("not finished, still:")
            await person.press("escape")
        async with opened(world) as person:
            await open_vips(person)
            assert editor(person).text == "vip = true and ci"

    async def test_tab_finishes_the_word(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.types("vip = true and pl")
            await person.press("tab")
            assert editor(person).text == "vip = true and plan "

    async def test_completion_puts_the_cursor_between_the_quotes(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.types("city = ")
            await person.press("ctrl+n", "O", "s", "l", "o")
            assert editor(person).text == 'city = "Oslo"'

    async def test_offline_is_said_and_typing_goes_on(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            world.hub.offline = True
            await person.types("vip = false")
            await person.waits(0.2)
            person.sees("Offline: who would get it is counted when the server is back.")
            assert stored(world)["dslJson"]["value"] is False
            assert person.badge == "offline, 1 waiting"

    async def test_offline_from_the_start_knows_the_fields_that_segments_use(self, world: World) -> None:
        world.hub.offline = True
        async with opened(world) as person:
            await open_vips(person)
            await person.types('orders > 3 and city = "Oslo"')
            assert editor(person).fault is None
            assert stored(world)["dslJson"]["all"][0] == {"field": "orders", "op": "gt", "value": 3.0}

    async def test_a_full_disk_is_said_and_the_text_stays(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            world.hub.not_saved = True
            await person.types("vip = false")
            person.was_told("There is no room left on this computer's disk.")
            assert person.badge == "NOT SAVED: the disk is full"
            assert editor(person).text == "vip = false"
            world.hub.not_saved = False

    async def test_another_window_that_edits_it_makes_it_read_only(self, world: World) -> None:
        world.hub.locked.add(VIPS)
        async with opened(world) as person:
            await open_vips(person)
            person.sees("Another window edits this")
            assert editor(person).read_only
            await person.press("f2")
            person.was_told("This is read-only here.")

    async def test_renaming_changes_the_crumb(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f2")
            await person.types("Coast")
            await person.press("enter")
            assert person.crumbs == ("Segments", "Coast")
            assert stored(world)["name"] == "Coast"


class TestMembers:
    async def test_f3_shows_them_by_page(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f3")
            person.sees("17 members: the filter, and what was decided by hand")

    async def test_add_by_address_whatever_the_filter_says(self, world: World) -> None:
        outsider = next(c for c in world.contacts.everyone if not c.fields["vip"])
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f3", "f5")
            await person.types(outsider.email)
            await person.press("enter")
            person.was_told("1 contact included.")
            person.sees("18 members")

    async def test_an_unknown_address_is_refused_in_words(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f5")
            await person.types("nobody@example.com")
            await person.press("enter")
            person.was_told("No contact has this address. Add the contact first.")

    async def test_taking_out_asks_and_can_be_undone(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f3", "f8")
            person.sees("Take 1 contact out?")
            await person.press("tab", "enter")
            person.sees("16 members")
            await person.press("u")
            person.sees("17 members")

    async def test_taking_out_needs_the_members(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f8")
            person.was_told("Show the members first (F3).")


class TestWhy:
    async def test_names_each_condition_and_what_the_contact_has(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f4")
            await person.types(world.contacts.everyone[0].email)
            await person.press("enter")
            person.sees("amir.berg295@example.com is out", "vip = true", 'city = "Lisbon"')

    async def test_a_condition_that_holds_stands_under_the_not_that_turns_it_round(
        self, world: World
    ) -> None:
        async with opened(world) as person:
            await open_vips(person)
            contact = next(c for c in world.contacts.everyone if c.fields.get("city") == "Lisbon")
            await person.types('status = subscribed and not (city = "Lisbon" or city = "Porto")')
            await person.press("f4")
            await person.types(contact.email)
            await person.press("enter")
            person.sees(f"{contact.email} is out")
            lines = person.screen.splitlines()
            at = next(n for n, line in enumerate(lines) if "\u00d7 not" in line)
            assert "✓ any of" in lines[at + 1]
            assert '✓ city = "Lisbon"' in lines[at + 2]

    async def test_says_when_a_person_decided_by_hand(self, world: World) -> None:
        contact = world.contacts.everyone[0]
        world.audience.included[VIPS] = {contact.id}
        async with opened(world) as person:
            await open_vips(person)
            await person.press("f4")
            await person.types(contact.email)
            await person.press("enter")
            person.sees("is in", "Somebody included this contact by hand")

    async def test_needs_a_whole_filter(self, world: World) -> None:
        async with opened(world) as person:
            await open_vips(person)
            await person.types("vip = ")
            await person.press("f4")
            person.was_told("Finish the filter first.")
