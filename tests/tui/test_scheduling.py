"""A time for a campaign: chosen in words, said back, and named wherever the campaign stands."""

from datetime import UTC, datetime

import pytest

from localstore.records import DocKind
from tests.tui.composer_driver import SPRING, writing
from tests.tui.test_sending import status
from tui.editing.session import DraftSession
from tui.memory import World


class TestSchedule:
    async def test_shows_what_is_meant_while_typing_and_schedules_it(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9", "t")
            await person.types("tomor")
            person.sees("That is not a time yet")
            await person.types("tomorrow 9:30")
            person.sees("Tuesday, 3 March 2026, 09:30", "in 24 h 30 min")
            await person.press("enter")
            person.sees("Scheduled for tomorrow 09:30", "Stay here")
            await person.press("escape")
            person.sees("F8 takes it back to a draft")
            draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
            assert draft is not None
            moment = datetime.fromisoformat(draft.content["sendAt"])
            assert moment == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)

    async def test_the_time_may_be_meant_wherever_a_contact_is(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9", "t")
            await person.types("tomorrow 9:30")
            await person.press("tab", "space")
            person.sees("on clocks where each contact is")
            await person.press("enter")
            person.sees("Scheduled for tomorrow 09:30 in each zone")
            draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
            assert draft is not None
            assert draft.facts["localTime"] == "2026-03-03T09:30:00"
            await person.press("escape")
            await person.goes("outbox")
            person.sees("tomorrow 09:30 in each zone")

    async def test_a_time_in_each_zone_is_said_as_it_was_meant_not_by_this_computers_clock(
        self, world: World
    ) -> None:
        """Somebody six hours east of here scheduled it."""
        draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
        assert draft is not None
        first = "2026-03-02T20:30:00.000000Z"
        east = {"status": "SCHEDULED", "localTime": "2026-03-03T09:30:00", "startsAt": first}
        content = draft.content | {"sendAt": "2026-03-03T03:30:00.000000Z"}
        world.drafts.put(DocKind.CAMPAIGN, SPRING, content, draft.facts | east)
        async with writing(world) as (person, _):
            await person.press("f9")
            person.sees("Scheduled for tomorrow 09:30 in each zone, the first from today 20:30 on")
            await person.press("escape", "escape")
            person.sees("tomorrow 09:30")
            await person.goes("outbox")
            await person.press("j", "j")
            person.sees("goes out tomorrow 09:30 in each zone, the first from today 20:30 on")
            person.does_not_see("03:30")
            await person.waits(11.5 * 3600 - 30)
            person.sees("in 30 s; u takes it back")

    async def test_whose_time_it_is_for_those_without_a_zone_is_said(self, world: World) -> None:
        world.rules.org = world.rules.org.model_copy(update={"time_zone": "Asia/Tokyo"})
        async with writing(world) as (person, _):
            await person.press("f9", "t")
            await person.types("tomorrow 9:30")
            person.does_not_see("Asia/Tokyo")
            await person.press("tab", "space")
            person.sees("where that is not known, in", "Asia/Tokyo, the organisation's time zone")

    async def test_the_past_is_refused_in_words(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9", "t")
            await person.types("2025-01-01 9:00")
            await person.press("enter")
            person.sees("has passed")
            assert status(world) == "DRAFT"

    async def test_can_be_taken_back(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("f9", "t")
            await person.types("in 2h")
            await person.press("enter", "escape", "f8")
            assert status(world) == "DRAFT"
            await person.press("escape", "D")
            assert len(writer.blocks) == 3

    async def test_the_new_time_is_no_change_by_others_and_undo_leaves_it_alone(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.types_subject("Mine")
            await person.press("f9", "t")
            await person.types("in 2h")
            await person.press("enter", "escape", "f8", "escape")
            at = writer.stored["sendAt"]
            await person.press("ctrl+z")
            assert writer.stored["contentJson"]["subject"] == "Spring is here, {{ name | friend }}"
            assert writer.stored["sendAt"] == at

    async def test_leads_to_the_outbox(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9", "t")
            await person.types("17:30")
            await person.press("enter", "tab", "enter")
            assert person.crumbs == ("Outbox",)
            await person.press("1")
            assert person.crumbs == ("Campaigns", "Spring offer"), "the review is over"


async def test_the_time_is_said_before_the_campaign_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DraftSession, "departure", lambda *_: "")
    async with writing(world) as (person, _):
        await person.press("f9", "t")
        await person.types("tomorrow 9")
        await person.press("enter")
        person.sees("Scheduled for tomorrow 09:00", "until tomorrow 09:00", "Stay here")
