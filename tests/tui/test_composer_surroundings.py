"""What happens around the writing: colleagues, a mail that is on its way, checks and the preview."""

from textual.widgets import Input

from localstore.records import DocKind
from tests.tui.composer_driver import SPRING, writing
from tui.memory import World
from tui.memory.world import doc_id


class TestSomebodyElse:
    async def test_their_words_appear_and_the_cursor_stays(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await person.press("enter", "right", "right", "right", "right")
            theirs = writer.stored
            theirs["contentJson"]["subject"] = "Their subject"
            theirs["contentJson"]["blocks"][1]["text"] += "\n\nTheir line."
            world.drafts.store(DocKind.CAMPAIGN, SPRING, theirs)
            await person.settle()
            assert writer.cursor == (0, 4)
            assert writer.entry("Words").endswith("Their line.")
            assert writer.place.query_one("#subject", Input).value == "Their subject"
            person.was_told("changed elsewhere")

    async def test_a_key_in_one_block_never_takes_back_their_words_in_another(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await person.press("enter")
            theirs = writer.stored
            theirs["contentJson"]["blocks"][0]["text"] = "Theirs"
            listeners, world.hub.listeners[:] = list(world.hub.listeners), []
            world.drafts.store(DocKind.CAMPAIGN, SPRING, theirs)
            world.hub.listeners[:] = listeners
            await person.press("X")
            assert writer.blocks[0]["text"] == "Theirs"
            assert writer.blocks[1]["text"].startswith("X")

    async def test_undo_does_not_take_back_what_others_wrote(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("Mine")
            theirs = writer.stored
            theirs["contentJson"]["preheader"] = "Theirs"
            world.drafts.store(DocKind.CAMPAIGN, SPRING, theirs)
            await person.settle()
            await person.press("ctrl+z")
            assert writer.stored["contentJson"]["preheader"] == "Theirs"

    async def test_defaults_spelled_out_by_the_server_are_no_change(self, world: World) -> None:
        from contract.blocks import dump_document, load_document

        async with writing(world) as (person, writer):
            await writer.types_subject("Mine")
            echo = writer.stored
            echo["contentJson"] = dump_document(load_document(echo["contentJson"]))
            world.drafts.store(DocKind.CAMPAIGN, SPRING, echo)
            await person.settle()
            person.was_told_nothing()
            await person.press("ctrl+z")
            assert writer.stored["contentJson"]["subject"] == "Spring is here, {{ name | friend }}"

    async def test_a_conflict_shows_in_the_badge_and_typing_goes_on(self, world: World) -> None:
        async with writing(world) as (person, writer):
            world.drafts.put_in_conflict(DocKind.CAMPAIGN, SPRING, writer.stored, "both changed the subject")
            await person.settle()
            assert person.badge == "1 conflict"
            await writer.types_subject("Goes on")
            assert writer.stored["contentJson"]["subject"] == "Goes on"

    async def test_another_window_makes_it_read_only(self, world: World) -> None:
        world.hub.locked.add(SPRING)
        async with writing(world) as (person, writer):
            person.sees("Another window edits this")
            await person.press("D")
            assert writer.order == ["b1", "b2", "b3", "b4"]

    async def test_when_the_other_window_is_closed_it_is_edited_here(self, world: World) -> None:
        world.hub.locked.add(SPRING)
        async with writing(world) as (person, writer):
            world.hub.locked.clear()
            world.hub.changed()
            await person.settle()
            person.was_told("The other window is closed: you can edit here now.")
            await writer.types_subject("Taken over")
            assert writer.stored["contentJson"]["subject"] == "Taken over"


class TestReadOnly:
    async def test_a_scheduled_campaign_says_so_and_f8_makes_it_a_draft(self, world: World) -> None:
        async with writing(world, "Easter opening hours", doc_id(24)) as (person, writer):
            person.sees("Scheduled for tomorrow 08:00: read-only. F8 takes it back to a draft")
            await person.press("D")
            person.was_told("read-only")
            await person.press("f8")
            person.was_told("It is a draft again.")
            await person.press("D")
            assert writer.order == ["b2", "b3", "b4"]

    async def test_a_sent_campaign_can_be_saved_as_a_copy(self, world: World) -> None:
        async with writing(world, "February news", doc_id(21)) as (person, _):
            person.sees("Sent: read-only. C saves it as a copy")
            await person.press("C")
            assert person.crumbs == ("Campaigns", "February news (copy)")
            await person.press("D")
            person.was_told("Deleted 1 block")

    async def test_a_paused_campaign_can_be_corrected(self, world: World) -> None:
        async with writing(world, "Loyalty points", doc_id(23)) as (person, writer):
            person.sees("what you change goes to those who did not get it yet")
            await writer.types_subject("Corrected")
            assert writer.stored["contentJson"]["subject"] == "Corrected"


class TestChecks:
    async def test_a_fault_is_found_after_a_pause_and_enter_jumps_to_it(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await writer.chooses(3)
            await writer.enters("Address", "")
            person.sees("✓ nothing to fix")
            await writer.checks()
            person.sees("1 error", "The button has no address.")
            await writer.chooses(1)
            await person.press("f7", "enter")
            assert writer.place.current_id == "b3"
            assert person.app.focused is writer.row("Address").field

    async def test_a_subject_that_is_missing_is_jumped_to(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("")
            await writer.checks()
            await person.press("escape", "f7", "enter")
            assert person.app.focused is writer.place.query_one("#subject")

    async def test_f_does_what_a_check_proposes_and_undo_takes_it_back(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, writer):
            await writer.chooses(3)
            await writer.enters("Address", "www.example.org/spring")
            await writer.checks()
            await person.press("escape", "f7")
            person.sees("F Fix it")
            await person.press("F")
            assert writer.blocks[2]["href"] == "https://www.example.org/spring"
            await person.press("u")
            assert writer.blocks[2]["href"] == "www.example.org/spring"

    async def test_a_fix_of_the_subject_is_stored_too(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("LAST CHANCE TODAY")
            await writer.checks()
            await person.press("escape", "f7", "F")
            assert writer.stored["contentJson"]["subject"] == "Last chance today"

    async def test_what_cannot_be_fixed_by_itself_says_so(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("")
            await writer.checks()
            await person.press("escape", "f7", "F")
            person.sees("Choose a check that says how it is fixed")

    async def test_a_field_nobody_has_is_named(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("Hi {{ shoe_size }}")
            await writer.checks()
            person.sees("1 error")
            await person.press("escape", "f7")
            person.sees("No contact has a field named shoe_size.")

    async def test_how_many_lack_a_field_without_fallback_is_counted(self, world: World) -> None:
        for contact in world.contacts.everyone:
            if contact.fields["plan"] == "pro":
                contact.fields["city"] = None
        async with writing(world) as (person, writer):
            await writer.types_subject("News for {{ city }}")
            await writer.checks()
            await person.press("escape", "f7")
            person.sees("50 % of the audience has no city, and there is no fallback")

    async def test_offline_a_missing_fallback_stays_a_hint(self, world: World) -> None:
        async with writing(world) as (person, writer):
            world.hub.offline = True
            await writer.types_subject("News for {{ city }}")
            await writer.checks()
            await person.press("escape", "f7")
            person.sees("· hint", "city has no fallback")

    async def test_a_long_subject_is_counted(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("x" * 52)
            person.sees("52/70")


class TestPreview:
    async def test_follows_the_key(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(1)
            await person.press("enter", "Z")
            assert "ZHello" in writer.preview

    async def test_as_a_contact_and_the_next_one(self, world: World) -> None:
        async with writing(world) as (person, writer):
            page = await world.audience.members(writer.stored["segmentId"], 0, 2)
            first, second = page.contacts
            await person.press("f6")
            assert f"Spring is here, {first.name}" in writer.preview
            await person.press("n")
            assert f"Hello {second.name}" in writer.preview
            person.sees(f"2/{page.total} {second.name}")
            await person.press("N", "N")
            assert f"Hello {world.contacts.everyone[-1].name}" in writer.preview
            await person.press("f6")
            assert "name | friend" in writer.preview.replace("\u00a0", " ")

    async def test_on_a_narrow_terminal_f3_shows_it_instead_of_the_fields(self, world: World) -> None:
        async with writing(world, size=(80, 24)) as (person, _):
            person.does_not_see("Until Sunday you get")
            await person.press("f3")
            person.sees("Until Sunday you get")
            await person.press("f3")
            person.does_not_see("Until Sunday you get")

    async def test_phone_and_desktop(self, world: World) -> None:
        async with writing(world, size=(170, 40)) as (person, _):
            person.sees("phone 38")
            await person.press("f4")
            person.sees("desktop 72")

    async def test_offline_says_so_and_keeps_the_chips(self, world: World) -> None:
        async with writing(world) as (person, writer):
            world.hub.offline = True
            await person.press("f6")
            person.was_told("cannot be reached")
            assert "name | friend" in writer.preview.replace("\u00a0", " ")


async def test_tracked_links_count_for_the_size_that_gmail_shows(world: World) -> None:
    links = " ".join(f"[tea](https://a.example/{n})" for n in range(60))
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    blocks = [{"type": "text", "id": f"t{n}", "text": links} for n in range(10)]
    mail = draft.content["contentJson"]
    mail = mail | {"blocks": [*blocks, *mail["blocks"]]}
    world.drafts.put(DocKind.CAMPAIGN, SPRING, draft.content | {"contentJson": mail}, draft.facts)
    world.rules.org = world.rules.org.model_copy(update={"track_clicks": True})
    async with writing(world) as (_, writer):
        await writer.checks()
        assert any("with what is tracked; Gmail cuts it" in found.message for found in writer.place.findings)
