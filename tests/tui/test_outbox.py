from dataclasses import replace
from datetime import UTC, datetime, timedelta

from contract.delivery import Progress
from contract.reports import RevisionCount
from contract.wire import format_timestamp
from localstore.records import DocKind, DocSummary
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.outbox_rows import Going, outbox_row, reason_of

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
            await person.press("5")
            await person.waits(3)
            seen = world.mails.asked
            assert seen == 4
            await person.press("1")
            await person.waits(10)
            assert world.mails.asked == seen

    async def test_offline_keeps_the_last_numbers_and_says_so(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            world.hub.offline = True
            await person.waits(2)
            person.sees("50 %", "Offline: these are the last known numbers.")
            world.hub.offline = False
            await person.waits(2)
            person.does_not_see("last known numbers")

    async def test_what_was_known_here_is_shown_where_the_server_never_answered(self, world: World) -> None:
        world.hub.offline = True
        async with opened(world, size=(110, 24)) as person:
            await person.press("5")
            person.sees("March news", "3 % of the last 500 mails bounced", "Offline:")

    async def test_says_why_due_mails_do_not_leave(self, world: World) -> None:
        world.mails.waits[MARCH] = ["the account “Main” is paused by bo@shop.example"]
        async with opened(world, size=(160, 45)) as person:
            await person.press("5")
            await person.moves_to("March news")
            person.sees("waits: the account “Main” is paused", "4,696 of 9,600 got it, 104 will not")

    async def test_a_reason_of_the_server_is_a_sentence(self, world: World) -> None:
        world.drafts.set_facts(DocKind.CAMPAIGN, doc_id(23), pausedReason="missed_schedule")
        async with opened(world, size=(160, 45)) as person:
            await person.press("5")
            person.sees("its time passed while nothing was running; resume sends it now")

    async def test_nothing_moves_where_nothing_changed(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            world.sending.shipments.clear()
            await person.waits(2)
            generation = person.list._generation
            await person.waits(3)
            assert person.list._generation == generation, "no line is painted again"

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

    async def test_what_goes_out_in_seconds_is_taken_back_by_one_key(self, world: World) -> None:
        soon = format_timestamp(world.hub.clock.now() + timedelta(seconds=9))
        draft = world.drafts.get(DocKind.CAMPAIGN, doc_id(24))
        assert draft is not None
        world.drafts.put(DocKind.CAMPAIGN, draft.id, draft.content | {"sendAt": soon}, draft.facts)
        async with opened(world, size=(110, 24)) as person:
            await person.press("5")
            await person.moves_to("Easter opening hours")
            person.sees("in 9 s; u takes it back")
            await person.press("u")
            assert world.sending.acts == [(doc_id(24), "unschedule")]
            person.was_told("Easter opening hours: now draft.")

    async def test_what_is_due_tomorrow_is_not_taken_back_by_that_key(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.moves_to("Easter opening hours")
            await person.press("u")
            assert world.sending.acts == []
            person.was_told("There is nothing to bring back")

    async def test_cancelling_says_how_many_lose_it(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.moves_to("March news")
            await person.press("X")
            person.sees("4,800 people did not get it yet and will never get it.")

    async def test_a_refusal_is_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            await person.moves_to("March news")
            await person.press("p")
            world.hub.refuse = "Only an administrator may pause a campaign."
            await person.press("tab", "enter")
            person.was_told("Only an administrator may pause a campaign.")
            assert world.sending.acts == []


def is_scheduled(campaign: DocSummary) -> bool:
    return campaign.fields.get("status") == "SCHEDULED"


class TestTheReport:
    async def test_of_what_has_not_begun_nothing_is_done(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("5")
            scheduled = next(c.name for c in world.drafts.list(DocKind.CAMPAIGN) if is_scheduled(c))
            await person.moves_to(scheduled)
            await person.press("t")
            person.sees("No mail has gone out yet.")
            person.does_not_see("100 %")

    async def test_counts_reasons_and_the_way_to_everyone_by_name(self, world: World) -> None:
        async with opened(world, size=(120, 40)) as person:
            await person.press("5")
            await person.moves_to("March news")
            await person.press("t")
            assert person.crumbs == ("Outbox", "Report on March news")
            person.sees(
                "sent 4,696", "opened 1,925 41.0 %", "clicked 422 9.0 %", "unsubscribed 18", "bounced 57"
            )
            await person.press("V")
            person.sees("550 5.1.1 no such mailbox")
            await person.press("m")
            assert person.crumbs == ("Outbox", "Report on March news", "Mails of March news")

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
            person.sees("9 goes there")

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

    async def test_offline_is_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns march")
            world.hub.offline = True
            await person.press("r")
            person.sees("The server cannot be reached", "Press R to try again.")


def test_why_it_is_paused_is_said_once() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    going = Going("1", "May", "PAUSED")
    assert reason_of(replace(going, paused_reason="by hand"), now) == "“May” is paused by hand"
    assert reason_of(replace(going, paused_reason=None), now) == "“May” is paused"
    assert "is paused: 5 % bounced" in reason_of(replace(going, paused_reason="5 % bounced"), now)


class TestWhatWasSent:
    """Whoever watched a send sees how it ended, and who is waited for."""

    NOW = datetime(2026, 3, 2, 8, 4, tzinfo=UTC)

    def line(self, **counts: int) -> tuple[str, ...]:
        going = Going("a", "Autumn", "SENT", finished_at=self.NOW, progress=Progress(**counts))
        return outbox_row(going, self.NOW).cells

    def test_whom_nobody_knows_about_comes_first(self) -> None:
        assert self.line(total=100, accepted=90, skipped=4, unknown=6)[-1] == "6 unknown"

    def test_who_did_not_get_it_is_counted(self) -> None:
        assert self.line(total=100, accepted=95, complained=1, bounced=4)[-1] == "4 did not get it"

    def test_all_is_well(self) -> None:
        assert self.line(total=100, accepted=100)[-1] == "all got it"

    def test_the_note_says_when_and_how_to_see_names(self) -> None:
        progress = Progress(total=100, accepted=94, unknown=6)
        going = Going("a", "Autumn", "SENT", finished_at=self.NOW, progress=progress)
        assert reason_of(going, self.NOW).endswith("; enter names everyone · 94 of 100 got it, 6 did not")
