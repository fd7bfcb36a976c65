"""How a sequence treats its people, and the time machine, with keys only."""

from datetime import timedelta
from typing import Any

import pytest

from contract.sequence_settings import DEFAULT_SETTINGS
from contract.simulation import Ending
from localstore.records import DocKind
from tests.tui.driver import Person, opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.screens.plan_dialog import plan_lines
from tui.screens.sequence_settings import SequenceSettingsScreen
from tui.screens.time_machine import TimeMachineScreen
from tui.setting_words import Names, read_days, said_settings, wrong_days

WELCOME = doc_id(40)
OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}


def settings(world: World) -> dict[str, Any]:
    draft = world.drafts.get(DocKind.SEQUENCE, WELCOME)
    assert draft is not None
    return dict(draft.content.get("settings") or {})


async def opens(person: Person) -> None:
    await person.goes("sequences")
    await person.press("enter")


@pytest.mark.parametrize(
    ("typed", "days"), [("90", 90), (" 7 Days", 7), ("1d", 1), ("never", None), ("", None)]
)
def test_days_are_read(typed: str, days: int | None) -> None:
    assert read_days(typed) == days


@pytest.mark.parametrize("typed", ["soon", "0", "-3", "3651", "1.5", "٣"])
def test_anything_else_is_refused_in_words(typed: str) -> None:
    assert "A number of days" in str(wrong_days(typed))


def test_only_what_is_not_the_default_is_said() -> None:
    content = {"settings": {"sendWindow": OFFICE, "accountId": "12", "goalSegmentId": "x"}}
    assert said_settings({"settings": DEFAULT_SETTINGS}, Names({})) == []
    assert said_settings(content, Names({"x": "Buyers"})) == [
        ("Mails go", "mon-fri 09:00-17:00"),
        ("Goal", "Buyers"),
        ("Sending account", "account 12"),
    ]


class TestSettings:
    async def test_each_is_changed_in_the_draft_and_taken_back(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("S")
            assert person.crumbs == ("Sequences", "Welcome", "Settings")
            person.sees("Mails go", "always", "on the clock of each contact")
            await person.press("enter")
            await person.types("whenever")
            await person.press("enter")
            person.sees("no day of the week")
            await person.types("mon-fri 9-17")
            await person.press("enter", "down", "enter")
            person.sees("mon-fri 09:00-17:00", "gets no further mail")
            await person.press("down", "enter", "enter", "down", "enter")
            await person.types("90 days")
            await person.press("enter")
            person.sees("enters again after 90 days")
            await person.press("down", "enter", "down", "enter")
            kept = settings(world)
            assert (kept["sendWindow"], kept["exitOnLeaving"], kept["reenterAfterDays"]) == (OFFICE, True, 90)
            assert kept["goalSegmentId"] is not None
            assert kept["accountId"] is not None
            await person.press("D", "u", "u", "u")
            kept = settings(world)
            assert (kept["accountId"], kept["reenterAfterDays"], kept["exitOnLeaving"]) == (None, None, True)
            await person.press("escape")
            assert person.crumbs == ("Sequences", "Welcome")
            person.sees("mon-fri 09:00-17:00 · leaving ends it · goal ")

    async def test_what_is_the_default_needs_no_key(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("S", "D")
            person.was_told("as it is by default")
            assert isinstance(person.app.place, SequenceSettingsScreen)

    async def test_somebody_elses_setting_survives_mine(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("S", "down")
            draft = world.drafts.get(DocKind.SEQUENCE, WELCOME)
            assert draft is not None
            world.drafts.store(
                DocKind.SEQUENCE, WELCOME, draft.content | {"settings": {"reenterAfterDays": 30}}
            )
            await person.settle()
            person.sees("enters again after 30 days")
            await person.press("enter")
            assert settings(world) == DEFAULT_SETTINGS | {"reenterAfterDays": 30, "exitOnLeaving": True}


async def test_why_a_running_one_mails_nobody_stands_on_top(world: World) -> None:
    world.drafts.set_facts(DocKind.SEQUENCE, WELCOME, held="The segment that is its goal was deleted.")
    async with opened(world) as person:
        await person.goes("sequences")
        person.sees("! held")
        await person.press("enter")
        person.sees("The segment that is its goal was deleted.")


async def test_the_plan_says_what_settings_would_do(world: World) -> None:
    world.sequences.planned = {
        "will_exit": 7,
        "due_in_window": 3,
        "settings_changed": ["sendWindow", "goalSegmentId"],
    }
    plan = await world.sequences.plan(WELCOME)
    assert [(count, words) for count, words in plan_lines(plan) if count in (7, 3, 2)] == [
        (7, "leave it: goal reached, or out of the segment"),
        (3, "are due too, but wait for the hours set"),
        (2, "settings changed: hours, goal"),
    ]


class TestTimeMachine:
    async def test_it_plays_for_a_chosen_contact(self, world: World) -> None:
        contact = world.contacts.everyone[0]
        async with opened(world) as person:
            await opens(person)
            await person.press("t")
            person.sees("For whom is it played?")
            await person.types("zzzz")
            await person.waits(0.3)
            person.sees("No contact has this name or address.")
            await person.press("ctrl+u")
            await person.types(contact.email)
            await person.waits(0.3)
            await person.press("enter")
            person.sees(
                contact.email, "clock of Europe/Lisbon ·", "How to brew it", "delay", "3 mails. It ends"
            )
            await person.press("f")
            await person.types("in 2d")
            await person.press("enter")
            person.sees("entering")
            entered = world.sequences.played[-1][1]
            assert entered is not None
            assert entered - world.hub.clock.now() == timedelta(days=2)
            await person.press("d")
            assert world.sequences.played[-1] == (contact.email, entered, False)
            person.sees("as people run it")

    async def test_it_says_why_nothing_comes_and_what_was_assumed(self, world: World) -> None:
        world.sequences.foretold = {
            "mails": [],
            "ending": Ending.EXITED,
            "end_reason": "unsubscribed",
            "notes": ["It is paused; this is what comes if it went on now."],
            "time_zone": "Asia/Tokyo",
            "organisations_zone": True,
        }
        async with opened(world) as person:
            await opens(person)
            await person.press("t", "enter")
            person.sees("This contact gets no mail.", "It ends early", "unsubscribed", "It is paused")
            person.sees("clock of Asia/Tokyo (organisation's)")

    async def test_nobody_chosen_and_nobody_there_are_said(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("t", "escape")
            assert isinstance(person.app.place, TimeMachineScreen)
            person.sees("Press c and choose a contact.")
            await person.press("R")
            person.was_told("choose a contact")
            await person.press("c")
            world.hub.offline = True
            await person.press("enter")
            person.sees("cannot be reached", "Press R to try again.")
