from contract.reports import RevisionCount
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id

MARCH = doc_id(25)


class TestTheOutbox:
    async def test_shows_progress_time_left_and_why_it_is_paused(self, world: World) -> None:
        async with opened(world, size=(110, 24)) as person:
            await person.press("5")
            person.sees("50 %", "40", "2 min left", "3 % of the last 500 mails bounced", "tomorrow 08:00")
            person.does_not_see("Spring offer")

    async def test_progress_moves_by_itself(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.waits(60)
            person.sees("75 %", "1 min left")

    async def test_asks_the_server_only_while_in_sight(self, world: World) -> None:
        async with opened(world) as person:
            asked = 0
            report = world.sending.report

            async def counted(campaign_id: str) -> object:
                nonlocal asked
                asked += 1
                return await report(campaign_id)

            world.sending.report = counted  # type: ignore[method-assign,assignment]
            await person.press("5")
            await person.waits(3)
            seen = asked
            assert seen >= 8
            await person.press("1")
            await person.waits(10)
            assert asked == seen

    async def test_offline_keeps_the_last_numbers_and_says_so(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            world.hub.offline = True
            await person.waits(2)
            person.sees("50 %", "Offline: these are the last known numbers.")
            world.hub.offline = False
            await person.waits(2)
            person.does_not_see("last known numbers")

    async def test_nothing_on_its_way_says_how_to_send(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("5")
            person.sees("Nothing is scheduled and nothing is being sent.")


class TestActions:
    async def test_pause_asks_and_stops_the_progress(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.moves_to("March news")
            await person.press("p")
            person.sees("Pause “March news”?")
            await person.press("tab", "enter")
            assert world.sending.acts == [(MARCH, "pause")]
            await person.waits(60)
            person.sees("paused by ana@", "50 %")

    async def test_enter_on_the_question_does_nothing(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5", "X", "enter")
            assert world.sending.acts == []

    async def test_what_cannot_be_done_says_why(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.moves_to("March news")
            assert person.hints["Unschedule"] is False
            await person.press("s")
            person.was_told("Only what is scheduled, and has not begun, can be unscheduled.")

    async def test_unscheduled_it_leaves_the_outbox(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.moves_to("Easter opening hours")
            await person.press("s", "tab", "enter")
            person.was_told("Easter opening hours: now draft.")
            assert person.list.total == 2

    async def test_a_refusal_is_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.moves_to("March news")
            await person.press("p")
            world.hub.refuse = "Only an administrator may pause a campaign."
            await person.press("tab", "enter")
            person.was_told("Only an administrator may pause a campaign.")
            assert world.sending.acts == []


class TestTheReport:
    async def test_counts_reasons_and_everyone_by_name(self, world: World) -> None:
        async with opened(world, size=(120, 40)) as person:
            await person.press("5")
            await person.moves_to("March news")
            await person.press("enter")
            assert person.crumbs == ("Outbox", "Report on March news")
            person.sees("sent 4,696", "opened 1,925 41.0 %", "clicked 422 9.0 %", "left 18", "bounced 57")
            await person.press("V")
            person.sees("amir.berg295@example.com", "✓ accepted")
            await person.press("V")
            person.sees("550 5.1.1 no such mailbox")

    async def test_v_goes_through_the_views_and_round(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns march")
            await person.press("r")
            person.sees("today 08:58", "43 min later", "354┤")
            await person.press("v")
            person.sees("https://shop.example/spring", "295")
            await person.press("right")
            person.sees("gmail.com", "41.0 %", "all others")
            await person.press("left", "left")
            person.sees("43 min later")

    async def test_what_machines_did_is_told_apart(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns march")
            await person.press("r")
            person.sees("not counted: opened by a machine alone 610, clicked 78")

    async def test_where_nothing_is_tracked_it_says_how_to_turn_it_on(self, world: World) -> None:
        world.sending.tracks = False
        async with opened(world) as person:
            await person.goes("campaigns march")
            await person.press("r")
            person.sees("sent 4,696", "Opens and clicks are not tracked.")
            person.does_not_see("opened")
            await person.press("v")
            person.sees("handbill members rules --track-opens yes --track-clicks yes")

    async def test_revisions_are_there_only_where_the_content_was_corrected(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns march")
            await person.press("r")
            person.does_not_see("Revisions")
            moment = world.hub.clock.now()
            world.sending.revisions = [
                RevisionCount(revision=n, frozen_at=moment, sent=100 * n, opened=n) for n in (1, 2)
            ]
            await person.press("R", "v", "v", "v")
            person.sees("1, today 09:00", "2, today 09:00", "1.0 %")

    async def test_s_shows_one_state_after_the_other_and_a_everyone(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns march")
            await person.press("r", "s")
            person.sees("Mails: ! bounced")
            assert {row.cells[1] for n in range(14) if (row := person.list.row_at(n))} == {"! bounced"}
            await person.press("a")
            person.sees("Mails: everyone")

    async def test_the_list_grows_while_one_scrolls(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns march")
            await person.press("r", "a")
            assert person.list.total == 100
            await person.press("G")
            assert person.list.total == 200
            assert person.list.row_at(150) is not None

    async def test_offline_is_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns march")
            world.hub.offline = True
            await person.press("r")
            person.sees("The server cannot be reached", "Press R to try again.")
