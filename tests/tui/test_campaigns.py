from localstore.records import DocKind
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id


class TestTheFirstScreen:
    async def test_shows_every_campaign_with_status_segment_and_time(self, world: World) -> None:
        async with opened(world) as person:
            assert person.crumbs == ("Campaigns",)
            assert person.badge == "synced 09:00"
            person.sees("Spring offer", "○ draft", "Pro customers", "▸ sending", "tomorrow 08:00")

    async def test_says_what_to_do_when_there_is_nothing(self, first_day: World) -> None:
        async with opened(first_day) as person:
            person.sees("There are no campaigns yet. Press n to write the first one.")

    async def test_a_change_elsewhere_appears_and_the_cursor_stays_on_its_line(self, world: World) -> None:
        async with opened(world) as person:
            await person.moves_to("March news")
            await world.drafts.create(DocKind.CAMPAIGN, {"name": "From elsewhere", "contentJson": {}})
            await person.settle()
            person.sees("From elsewhere")
            assert person.line == "March news"


class TestFilter:
    async def test_slash_shows_only_lines_with_these_words_and_escape_all(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("slash")
            await person.types("news")
            assert person.list.total == 2
            await person.press("enter", "escape")
            assert person.list.total == 7

    async def test_a_filter_that_fits_nothing_says_how_to_get_out(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("slash")
            await person.types("zebra")
            person.sees("Nothing fits this filter. Press esc to see all again.")

    async def test_goto_takes_a_status(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns status=draft")
            assert person.list.total == 2
            person.does_not_see("February news")


class TestDelete:
    async def test_asks_first_and_cancel_is_the_default(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("D")
            person.sees("Delete 1 campaign?")
            await person.press("enter")
            assert person.list.total == 7

    async def test_u_brings_it_back_within_ten_seconds(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("D", "tab", "enter")
            assert person.list.total == 6
            person.was_told("Deleted Spring offer. Press u to bring it back.")
            await person.waits(9)
            await person.press("u")
            assert person.list.total == 7
            person.sees("Spring offer")

    async def test_after_ten_seconds_it_is_gone(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("D", "tab", "enter")
            await person.waits(10)
            await person.press("u")
            assert person.list.total == 6
            person.was_told("There is nothing to bring back")

    async def test_marked_lines_go_together_and_come_back_together(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("space", "space", "D")
            person.sees("Delete 2 campaigns?")
            await person.press("tab", "enter")
            assert person.list.total == 5
            await person.press("u")
            assert person.list.total == 7

    async def test_what_is_on_its_way_cannot_be_deleted_and_says_why(self, world: World) -> None:
        async with opened(world) as person:
            await person.moves_to("March news")
            assert person.hints["Delete"] is False
            await person.press("D")
            person.was_told("“March news” is on its way. Cancel it in the outbox first")

    async def test_a_marked_line_on_its_way_cannot_be_deleted_either(self, world: World) -> None:
        async with opened(world) as person:
            await person.moves_to("March news")
            await person.press("space")
            await person.moves_to("Spring offer")
            await person.press("D")
            person.was_told("“March news” is on its way.")

    async def test_a_full_disk_is_said_and_nothing_is_deleted(self, world: World) -> None:
        async with opened(world) as person:
            world.hub.not_saved = True
            await person.press("D", "tab", "enter")
            person.was_told("There is no room left on this computer's disk.")
            assert person.list.total == 7


class TestNewAndCopy:
    async def test_a_copy_is_a_draft_without_a_time(self, world: World) -> None:
        async with opened(world) as person:
            await person.moves_to("Easter opening hours")
            await person.press("y")
            copy = world.drafts.list(DocKind.CAMPAIGN)[0]
            assert copy.name == "Easter opening hours (copy)"
            assert copy.fields["sendAt"] is None
            assert copy.fields.get("status") is None
            original = world.drafts.get(DocKind.CAMPAIGN, doc_id(24))
            assert original is not None
            assert original.content["sendAt"]

    async def test_a_new_one_needs_a_name(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("n", "enter")
            person.sees("A name helps to find it again.")
            await person.press("escape")
            assert person.list.total == 7


class TestReport:
    async def test_a_draft_has_none_and_says_so(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("r")
            person.was_told("There is no report before it is sent.")
