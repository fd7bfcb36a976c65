from typing import Any

import pytest
from textual.widgets import Input

from localstore.records import DocKind
from tests.tui.composer_driver import Writer
from tests.tui.driver import Person, opened
from tui.editing.delays import DelayError, parse_delay, say_day, say_delay
from tui.memory import World
from tui.memory.world import doc_id
from tui.screens.plan_dialog import PlanDialog
from tui.screens.sequence import SequenceScreen

WELCOME = doc_id(40)


def steps(world: World, id: str = WELCOME) -> list[dict[str, Any]]:
    draft = world.drafts.get(DocKind.SEQUENCE, id)
    assert draft is not None
    return list(draft.content["steps"])


def order(world: World) -> list[str]:
    return [step["id"] for step in steps(world)]


def facts(world: World) -> dict[str, Any]:
    draft = world.drafts.get(DocKind.SEQUENCE, WELCOME)
    assert draft is not None
    return draft.facts


async def opens(person: Person) -> SequenceScreen:
    await person.goes("sequences")
    await person.press("enter")
    place = person.app.place
    assert isinstance(place, SequenceScreen)
    return place


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("48", 48),
        ("0", 0),
        ("2d", 48),
        ("+2 days", 48),
        ("1d 12h", 36),
        ("1w", 168),
        ("30m", 0.5),
        ("1,5h", 1.5),
        ("365d", 8760),
    ],
)
def test_a_delay_is_understood(typed: str, hours: float) -> None:
    assert parse_delay(typed) == hours


@pytest.mark.parametrize("typed", ["", "soon", "-3", "2d 5", "d", "366d", "[/] [b", "1e9", "nan"])
def test_anything_else_is_refused_in_words(typed: str) -> None:
    with pytest.raises(DelayError, match=r"Try|At most"):
        parse_delay(typed)


def test_delays_and_days_are_said_as_people_do() -> None:
    assert [say_delay(h) for h in (0, 0.5, 1, 36, 48, 72, 120)] == [
        "at once", "30 min", "1 h", "36 h", "48 h", "72 h", "5 days",
    ]  # fmt: skip
    assert [say_day(h) for h in (0, 12, 48, 60.5)] == ["day 0", "day 0 +12 h", "day 2", "day 2 +12.5 h"]


class TestTheList:
    async def test_shows_status_steps_and_people(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("sequences")
            person.sees("Welcome", "▸ active", "Subscribers", "86")
            await person.press("D")
            person.was_told("pause it first")

    async def test_a_new_sequence_starts_with_one_step_at_once(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.goes("sequences")
            person.sees("There are no sequences yet.")
            await person.press("n")
            await person.types("[/] [b")
            await person.press("enter")
            assert person.crumbs == ("Sequences", "[/] [b")
            person.sees("○ draft", "day 0", "at once", "nobody yet")


class TestSteps:
    async def test_stand_on_a_time_line_with_cumulative_days(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            person.sees("day 0", "day 2", "day 7", "48 h later", "5 days later", "How to brew it")

    async def test_reorder_moves_the_step_with_its_delay_and_the_cursor(self, world: World) -> None:
        async with opened(world) as person:
            place = await opens(person)
            await person.press("j", "K")
            assert order(world) == ["s2", "s1", "s3"]
            assert place.timeline.key == "s2"
            assert [line.day for line in place.timeline.steps] == ["day 2", "day 2", "day 7"]
            await person.press("J", "J", "J")
            assert order(world) == ["s1", "s3", "s2"]
            assert place.timeline.key == "s2"

    async def test_a_change_is_durable_at_once_and_offline(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            world.hub.offline = True
            await person.press("J")
            assert order(world) == ["s2", "s1", "s3"]
            assert person.badge == "offline, 1 waiting"

    async def test_delay_takes_days_and_refuses_nonsense(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("j", "d")
            await person.types("soon")
            await person.press("enter")
            person.sees("That is not a delay.")
            await person.types("3d")
            await person.press("enter")
            assert steps(world)[1]["delayHours"] == 72
            person.sees("72 h later", "day 3", "day 8")

    async def test_add_duplicate_delete_and_undo(self, world: World) -> None:
        async with opened(world) as person:
            place = await opens(person)
            await person.press("a")
            assert len(steps(world)) == 4
            assert steps(world)[1]["delayHours"] == 48
            person.sees("(no subject)")
            await person.press("D", "y")
            assert [step["contentJson"]["subject"] for step in steps(world)].count("How to brew it") == 2
            assert len(set(order(world))) == 4
            await person.press("u", "D", "D", "D")
            assert steps(world) == []
            person.sees("There are no steps. Press a to write the first mail.")
            await person.press("u", "u", "u")
            assert order(world) == ["s1", "s2", "s3"]
            assert place.timeline.key == "s2"

    async def test_somebody_elses_steps_appear(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            draft = world.drafts.get(DocKind.SEQUENCE, WELCOME)
            assert draft is not None
            draft.content["steps"][1]["delayHours"] = 96
            world.drafts.store(DocKind.SEQUENCE, WELCOME, draft.content)
            await person.settle()
            person.sees("4 days later", "day 9")


class TestAStepsMail:
    async def test_is_written_in_the_block_editor(self, world: World) -> None:
        async with opened(world, size=(120, 40)) as person:
            await opens(person)
            await person.press("j", "enter")
            assert person.crumbs == ("Sequences", "Welcome", "Step 2")
            person.sees("48 h after step 1", "day 2")
            writer = Writer(person, WELCOME)
            await writer.types_subject("[/] [b")
            await writer.chooses(3)
            await writer.enters("Label", "Brew")
            mail = steps(world)[1]["contentJson"]
            assert (mail["subject"], mail["blocks"][2]["label"]) == ("[/] [b", "Brew")
            await person.press("escape", "escape")
            assert person.crumbs == ("Sequences", "Welcome")
            person.sees("[/] [b")

    async def test_its_delay_can_be_changed_there(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("j", "enter", "f5")
            await person.types("1d")
            await person.press("enter")
            assert steps(world)[1]["delayHours"] == 24
            person.sees("24 h after step 1", "day 1")

    async def test_a_step_taken_out_elsewhere_is_left(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("j", "enter")
            draft = world.drafts.get(DocKind.SEQUENCE, WELCOME)
            assert draft is not None
            del draft.content["steps"][1]
            world.drafts.store(DocKind.SEQUENCE, WELCOME, draft.content)
            await person.settle()
            assert person.crumbs == ("Sequences", "Welcome")
            person.was_told("This step is no longer there.")

    async def test_undo_in_the_sequence_takes_back_what_was_typed_in_the_step(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("enter")
            subject = person.app.screen.query_one("#subject", Input)
            subject.focus()
            await person.settle()
            await person.types("New words")
            await person.press("escape", "escape", "u")
            assert steps(world)[0]["contentJson"]["subject"] == "Welcome to Leaf & Co"
            person.sees("Welcome to Leaf & Co")


class TestLife:
    async def test_activation_shows_the_plan_first(self, world: World) -> None:
        world.drafts.set_facts(DocKind.SEQUENCE, WELCOME, status="DRAFT", publishedRevision=0)
        async with opened(world) as person:
            await opens(person)
            await person.press("f9")
            person.sees("Activate “Welcome”?", "400", "enter it now")
            await person.press("enter")
            assert facts(world)["status"] == "DRAFT"
            await person.press("f9", "tab", "enter")
            assert facts(world)["status"] == "ACTIVE"
            person.was_told("It is running")
            person.sees("▸ active", "revision 1")

    async def test_a_plan_that_drifted_is_shown_anew(self, world: World) -> None:
        async with opened(world) as person:
            place = await opens(person)
            await person.press("f9")
            await place.session.edit(lambda content: content | {"steps": content["steps"][:2]})
            await person.press("tab", "enter")
            assert isinstance(person.app.screen, PlanDialog)
            person.sees("The numbers moved since you looked")
            assert facts(world)["publishedRevision"] == 2
            await person.press("tab", "enter")
            assert facts(world)["publishedRevision"] == 3

    async def test_a_step_with_a_fault_keeps_it_from_being_activated(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("j", "a")
            person.sees("2 errors")
            await person.press("f9")
            person.was_told("Step 3 has 2 errors: open it and press F7.")

    async def test_without_a_segment_nobody_enters(self, world: World) -> None:
        async with opened(world) as person:
            place = await opens(person)
            await place.session.edit(lambda content: content | {"segmentId": None})
            await person.press("f9")
            person.was_told("Choose a segment first")
            await person.press("f5", "enter")
            draft = world.drafts.get(DocKind.SEQUENCE, WELCOME)
            assert draft is not None
            assert draft.content["segmentId"] is not None

    async def test_pause_and_resume(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            await person.press("r")
            person.was_told("It is not paused.")
            await person.press("P")
            assert facts(world)["status"] == "PAUSED"
            person.sees("‖ paused")
            await person.press("r")
            assert facts(world)["status"] == "ACTIVE"

    async def test_what_was_due_meanwhile_is_asked_for_before_anything_goes(self, world: World) -> None:
        world.sequences.overdue = 120
        async with opened(world) as person:
            await opens(person)
            await person.press("P", "r")
            person.sees("120 mails were due while it was paused.", "Shift by the pause")
            await person.press("escape")
            assert facts(world)["status"] == "PAUSED"
            await person.press("r", "down", "enter")
            assert world.sequences.resumed == [("spread", 24.0)]
            assert facts(world)["status"] == "ACTIVE"

    async def test_offline_becomes_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await opens(person)
            world.hub.offline = True
            await person.press("f9")
            person.was_told("cannot be reached")

    async def test_enrolments_load_as_one_goes_down(self, world: World) -> None:
        world.drafts.set_facts(DocKind.SEQUENCE, WELCOME, activeEnrolments=250)
        async with opened(world) as person:
            await opens(person)
            await person.press("e")
            person.sees("100 people+ entered", "How to brew it")
            await person.press("G")
            person.sees("200 people+")
            await person.press("G", "G")
            person.sees("250 people entered")
