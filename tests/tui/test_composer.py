from typing import Any

import pytest
from textual.widgets import Input

from localstore.records import DocKind
from sync.errors import NotSavedError
from tests.tui.composer_driver import SPRING, Writer, writing
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.drafts import MemoryEditing
from tui.memory.world import doc_id
from tui.widgets.fast_text_area import FastTextArea


class TestOpening:
    async def test_shows_blocks_fields_and_the_mail(self, world: World) -> None:
        async with writing(world) as (person, writer):
            assert person.crumbs == ("Campaigns", "Spring offer")
            person.sees("heading", "footer", "Pro customers", "518 would get it", "22/48")
            assert "Until Sunday you get one bag free" in writer.preview

    async def test_long_words_wrap_in_their_field_at_once(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            person.sees("green, a little sweet.")

    async def test_a_new_campaign_starts_in_its_subject(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("n")
            await person.types("Autumn")
            await person.press("enter")
            assert isinstance(person.app.focused, Input)
            assert person.app.focused.id == "subject"
            person.sees("nobody yet: choose a segment with F5")


class TestSaving:
    async def test_words_are_durable_at_once_and_synced_a_second_later(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await person.press("enter", "H", "i")
            assert writer.blocks[1]["text"].startswith("HiThe **first")
            assert person.badge == "saved here"
            await person.waits(2)
            await person.pilot.pause()
            writer.place.show_badge()
            assert person.badge.startswith("synced")

    async def test_words_typed_while_the_disk_is_slow_are_stored_too(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change, waited = MemoryEditing.change, False

        async def slow(editing: MemoryEditing, content: dict[str, Any], *more: Any) -> None:
            nonlocal waited
            if not waited:
                waited = True
                field = person.app.focused
                assert isinstance(field, FastTextArea)
                field.insert("i")  # the next key, while the first is on its way to the disk
            await change(editing, content, *more)

        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await person.press("enter")
            monkeypatch.setattr(MemoryEditing, "change", slow)
            await person.press("H")
            assert writer.blocks[1]["text"].startswith("HiThe **first")

    async def test_offline_typing_goes_on(self, world: World) -> None:
        async with writing(world) as (person, writer):
            world.hub.offline = True
            await writer.types_subject("On the train")
            assert writer.stored["contentJson"]["subject"] == "On the train"
            assert person.badge == "offline, 1 waiting"

    async def test_the_last_key_before_leaving_is_kept(self, world: World) -> None:
        async with writing(world) as (person, writer):
            subject = writer.place.query_one("#subject", Input)
            subject.focus()
            with subject.prevent(Input.Changed):
                subject.value = "Typed and gone"
            await person.app.do_quit()
            assert writer.stored["contentJson"]["subject"] == "Typed and gone"

    async def test_a_key_typed_just_before_another_block_is_chosen_stays_with_its_block(
        self, world: World
    ) -> None:
        async with writing(world) as (_, writer):
            await writer.chooses(3)
            label = writer.row("Label").field
            assert isinstance(label, Input)
            with label.prevent(Input.Changed):
                label.value = "Quick"
            await writer.chooses(4)
            assert writer.blocks[2]["label"] == "Quick"
            assert writer.blocks[3]["type"] == "footer"

    async def test_a_full_disk_is_shown_and_nothing_is_lost(self, world: World) -> None:
        async with writing(world) as (person, writer):
            world.hub.not_saved = True
            await writer.types_subject("Still here")
            writer.place.show_badge()
            assert person.badge.startswith("NOT SAVED")
            world.hub.not_saved = False
            await person.press("tab")
            assert writer.stored["contentJson"]["subject"] == "Still here"

    async def test_a_save_that_fails_never_ends_the_program(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise NotSavedError("no room")

        monkeypatch.setattr(world.drafts, "store", refuse)
        async with writing(world) as (person, writer):
            await writer.types_subject("x")
            await person.press("escape", "escape")
            assert person.crumbs == ("Campaigns",)


class TestEveryField:
    @pytest.mark.parametrize(
        ("number", "label", "entry", "key", "value"),
        [
            (1, "Words", "A new title", "text", "A new title"),
            (1, "Level", "3", "level", 3),
            (1, "Background", "tint", "bg", "tint"),
            (1, "Padding", "l", "pad", "l"),
            (2, "Words", "One\n\nTwo", "text", "One\n\nTwo"),
            (2, "Align", "right", "align", "right"),
            (2, "Size", "s", "size", "s"),
            (3, "Label", "[/] Buy [b", "label", "[/] Buy [b"),
            (3, "Address", "https://shop.example/x", "href", "https://shop.example/x"),
            (3, "Kind", "secondary", "kind", "secondary"),
            (3, "Full width", "yes", "full", True),
            (4, "Words", "Why", "text", "Why"),
            (4, "Postal addr.", "Street 1", "address", "Street 1"),
            (4, "Unsubscribe", "Leave", "unsubscribe", "Leave"),
        ],
    )
    async def test_is_stored_as_typed(
        self, world: World, *, number: int, label: str, entry: str, key: str, value: Any
    ) -> None:
        async with writing(world) as (_, writer):
            await writer.chooses(number)
            await writer.enters(label, entry)
            assert writer.blocks[number - 1][key] == value

    @pytest.mark.parametrize(
        ("letter", "kind", "label", "entry", "key", "value"),
        [
            ("i", "image", "Picture", "https://shop.example/a.png", "src", "https://shop.example/a.png"),
            ("i", "image", "Says", "A cup", "alt", "A cup"),
            ("i", "image", "Decorative", "yes", "decorative", True),
            ("i", "image", "Width", "300", "width", 300),
            ("d", "divider", "Thickness", "4", "thickness", 4),
            ("s", "spacer", "Height", "48", "height", 48),
        ],
    )
    async def test_of_an_added_block_is_stored(
        self, world: World, *, letter: str, kind: str, label: str, entry: str, key: str, value: Any
    ) -> None:
        async with writing(world) as (person, writer):
            await person.press("a", letter)
            assert writer.types[1] == kind
            await writer.enters(label, entry)
            assert writer.blocks[1][key] == value

    async def test_a_number_out_of_range_is_explained_and_not_stored(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("a", "s")
            await writer.enters("Height", "9000")
            person.sees("A whole number from 4 to 120")
            assert writer.blocks[1]["height"] == 24
            await writer.enters("Height", "40")
            assert writer.blocks[1]["height"] == 40
            person.does_not_see("A whole number")

    async def test_words_that_are_too_long_are_explained_and_stay_in_the_field(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.enters("Words", "x" * 2_001)
            person.sees("1 characters too long")
            assert len(writer.entry("Words")) == 2_001
            assert writer.blocks[0]["text"] == "Hello {{ name | friend }}"

    async def test_a_block_of_a_newer_version_is_shown_and_kept(self, world: World) -> None:
        draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
        assert draft is not None
        strange = {"id": "z1", "type": "carousel", "slides": ["[/] [b"]}
        draft.content["contentJson"]["blocks"].insert(0, strange)
        world.drafts.store(DocKind.CAMPAIGN, SPRING, draft.content)
        async with writing(world) as (person, writer):
            person.sees("A block of the type “carousel”", "[/] [b")
            await person.press("J")
            assert writer.order == ["b1", "z1", "b2", "b3", "b4"]
            assert writer.blocks[1] == strange


class TestBlocks:
    async def test_a_new_block_goes_below_and_never_below_the_footer(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(4)
            await person.press("a")
            person.sees("Add a block", "a link that looks like a button")
            await person.press("t")
            assert writer.types == ["heading", "text", "button", "text", "footer"]

    async def test_move_duplicate_and_delete(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("J")
            assert writer.order == ["b2", "b1", "b3", "b4"]
            await person.press("K", "K")
            assert writer.order == ["b1", "b2", "b3", "b4"]
            await person.press("y")
            assert writer.types == ["heading", "heading", "text", "button", "footer"]
            assert len(set(writer.order)) == 5
            await person.press("D")
            assert writer.order == ["b1", "b2", "b3", "b4"]

    async def test_marked_blocks_move_together(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("space", "space", "J")
            assert writer.order == ["b3", "b1", "b2", "b4"]

    async def test_cut_in_one_mail_pastes_into_another(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(3)
            await person.press("x")
            assert writer.order == ["b1", "b2", "b4"]
            await person.press("escape")
            await person.moves_to("Survey")
            await person.press("enter", "p")
            survey = Writer(person, doc_id(26))
            assert survey.types == ["heading", "button", "text", "button", "footer"]
            assert len(set(survey.order)) == 5

    async def test_paste_without_anything_copied_says_how(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("p")
            person.was_told("Nothing was copied in this window yet")

    async def test_a_mail_without_blocks_says_what_to_do(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("D", "D", "D", "D")
            assert writer.blocks == []
            person.sees("There are no blocks. Press a to add")
            await person.press("a", "h")
            assert writer.types == ["heading"]


class TestUndo:
    async def test_a_burst_of_typing_is_one_step_and_a_pause_ends_it(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            before = writer.blocks[1]["text"]
            await person.press("enter", "a", "b", "c")
            await person.waits(2)
            await person.press("d", "e")
            assert writer.blocks[1]["text"] == "abcde" + before
            await person.press("ctrl+z")
            assert writer.blocks[1]["text"] == "abc" + before
            assert writer.entry("Words") == "abc" + before
            await person.press("ctrl+z")
            assert writer.blocks[1]["text"] == before
            await person.press("ctrl+y", "ctrl+y")
            assert writer.blocks[1]["text"] == "abcde" + before

    async def test_undo_brings_a_deleted_block_back_where_it_was_and_shows_it(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await person.press("D")
            await person.press("G", "u")
            assert writer.order == ["b1", "b2", "b3", "b4"]
            assert person.app.screen_stack[-1] is writer.place

    async def test_undo_covers_the_segment_and_says_when_there_is_no_more(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("f5")
            await person.types("subscr")
            await person.press("enter")
            assert writer.stored["segmentId"] == doc_id(11)
            await person.press("u")
            assert writer.stored["segmentId"] == doc_id(12)
            person.sees("Pro customers")
            await person.press("u")
            person.was_told("There is nothing to undo.")

    async def test_a_change_after_an_undo_ends_the_redo(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("y", "u", "J", "ctrl+y")
            person.was_told("There is nothing to redo.")
            assert writer.order == ["b2", "b1", "b3", "b4"]

    async def test_leaving_and_coming_back_another_day_undo_goes_on(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            await person.press("D", "J")
        async with writing(world) as (person, writer):
            await person.press("u", "u")
            assert writer.order == ["b1", "b2", "b3", "b4"]
            assert writer.place.current_id == "b2"
            await person.press("ctrl+y", "escape", "enter", "ctrl+y")
            assert writer.order == ["b1", "b4", "b3"]

    async def test_undo_never_goes_behind_what_somebody_else_wrote(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("y", "escape")
            world.drafts.store(DocKind.CAMPAIGN, SPRING, writer.stored | {"name": "By Ana"})
            await person.moves_to("By Ana")
            await person.press("enter", "u")
            person.was_told("There is nothing to undo.")
            assert writer.stored["name"] == "By Ana"
            assert len(writer.order) == 5


class TestKeys:
    async def test_escape_goes_from_a_field_to_the_blocks_and_then_back(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(3)
            await person.press("enter", "escape")
            assert person.app.focused is writer.place.blocks
            await person.press("escape")
            assert person.crumbs == ("Campaigns",)

    async def test_the_hint_line_tells_what_can_be_done_where_one_is(self, world: World) -> None:
        async with writing(world) as (person, _):
            assert person.hints["Add block"]
            await person.press("enter")
            assert "Add block" not in person.hints
            assert person.hints["Back to blocks"]

    async def test_rename(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("f2")
            await person.types("[/] [b")
            await person.press("enter")
            assert writer.stored["name"] == "[/] [b"
            assert person.crumbs == ("Campaigns", "[/] [b")


async def test_typing_and_saving_lay_nothing_out_again(world: World) -> None:
    async with writing(world) as (person, writer):
        await writer.chooses(2)
        await person.press("enter")
        place, laid_out = writer.place, 0
        reflow = place._refresh_layout

        def counted(*args: Any, **options: Any) -> None:
            nonlocal laid_out
            laid_out += 1
            reflow(*args, **options)

        place._refresh_layout = counted  # type: ignore[method-assign]
        await person.press("H", "i")
        assert person.badge == "saved here"
        await person.waits(2)
        place.show_badge()
        await person.settle()
        assert person.badge.startswith("synced")
        assert laid_out == 0
        world.hub.not_saved = True
        await person.press("x")
        place.show_badge()
        person.sees("NOT SAVED")
