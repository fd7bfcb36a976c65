"""Settling two texts, question by question."""

import copy

import pytest

from localstore.records import DocKind
from tests.tui.conftest import Shot
from tests.tui.driver import Person, opened
from tui.memory import World
from tui.memory.world import doc_id

SPRING = doc_id(27)
Json = dict


def content_of(world: World) -> Json:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    return copy.deepcopy(draft.content)


def text_block(content: Json) -> Json:
    return next(b for b in content["contentJson"]["blocks"] if b["type"] == "text")


@pytest.fixture
def disputed(world: World) -> World:
    """Both changed the subject and one sentence; they also changed the preheader, and I the name."""
    base = content_of(world)
    text_block(base)["text"] = "All shoes are 20% off. It ends on Sunday."
    mine, theirs = copy.deepcopy(base), copy.deepcopy(base)
    mine["contentJson"]["subject"], theirs["contentJson"]["subject"] = "Mine [/] here", "Theirs here"
    text_block(mine)["text"] = "All shoes are 30% off. It ends on Sunday."
    text_block(theirs)["text"] = "All shoes are 15% off. It ends on Sunday. Come in."
    theirs["contentJson"]["preheader"] = "Their preheader"
    mine["name"] = "My name for it"
    world.drafts.store(DocKind.CAMPAIGN, SPRING, mine)
    world.drafts.put_in_conflict(DocKind.CAMPAIGN, SPRING, theirs, "Someone changed this.", base)
    return world


async def opens(person: Person) -> None:
    await person.goes("sync")
    await person.press("enter")


class TestFromTheEditor:
    async def test_the_key_is_offered_where_one_writes(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await person.moves_to("My name for it")
            await person.press("enter")
            person.sees("ctrl+g Settle")
            await person.press("enter")
            person.sees("ctrl+g Settle")
            await person.press("ctrl+g")
            person.sees("2 questions, 2 open")

    async def test_without_a_question_it_says_so(self, world: World) -> None:
        async with opened(world) as person:
            await person.moves_to("Spring offer")
            await person.press("enter")
            person.does_not_see("Settle")
            await person.press("ctrl+g")
            person.was_told("Nothing waits for your decision.")


class TestSettling:
    async def test_shows_each_question_with_what_both_wrote(self, disputed: World) -> None:
        async with opened(disputed, size=(120, 40)) as person:
            await opens(person)
            person.sees("2 questions, 2 open", "2 changes merged without asking")
            person.sees("All shoes are 30% off.", "All shoes are 20% off.", "All shoes are 15% off.")
            person.sees("Subject", "Preheader", "theirs, changed", "mine, changed")

    async def test_mine_and_theirs_become_one_text_and_the_rest_is_merged(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("b", "t", "A")
            content = content_of(disputed)
            assert content["contentJson"]["subject"] == "Theirs here"
            assert text_block(content)["text"] == (
                "All shoes are 15% off. All shoes are 30% off. It ends on Sunday. Come in."
            )
            assert content["contentJson"]["preheader"] == "Their preheader"
            assert content["name"] == "My name for it"
            assert person.crumbs == ("Campaigns", "Sync status")

    async def test_nothing_is_accepted_while_a_question_is_open(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("m", "A")
            person.was_told("1 question still open")
            await person.press("M", "A")
            assert content_of(disputed)["contentJson"]["subject"] == "Mine [/] here"

    async def test_a_decision_can_be_taken_back(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("T")
            person.sees("2 questions, 0 open")
            await person.press("u")
            person.sees("2 questions, 2 open")

    async def test_own_words_answer_the_question_they_were_written_for(self, disputed: World) -> None:
        """The texts move on while somebody writes: the first question is no longer asked."""
        async with opened(disputed) as person:
            await opens(person)
            await person.press("e")
            base, theirs = content_of(disputed), content_of(disputed)
            theirs["contentJson"]["subject"] = "Theirs here"
            mine = content_of(disputed)
            mine["contentJson"]["subject"] = "Mine here"
            disputed.drafts.store(DocKind.CAMPAIGN, SPRING, mine)
            disputed.drafts.put_in_conflict(DocKind.CAMPAIGN, SPRING, theirs, "Someone changed this.", base)
            await person.settle()
            await person.types("Words for the text block")
            await person.press("ctrl+s")
            assert not person.app.screen.is_modal
            person.sees("1 question, 1 open")
            person.was_told("This question is no longer asked")

    async def test_own_words_can_be_written(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("j", "e")
            person.sees("Theirs: Theirs here")
            await person.press("ctrl+a")
            await person.types("Ours")
            await person.press("ctrl+s", "M")
            await person.press("u", "g", "m", "A")
            assert content_of(disputed)["contentJson"]["subject"] == "Ours"

    async def test_a_merged_change_can_be_taken_back(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            before = content_of(disputed)["contentJson"].get("preheader")
            await person.press("T")
            row = next(n for n in range(person.list.total) if "Preheader" in person.list.row_at(n).cells[0])
            person.list.cursor = row
            await person.press("r", "A")
            assert content_of(disputed)["contentJson"].get("preheader") == before

    async def test_where_two_cannot_stand_side_by_side_it_says_so(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("j", "b")
            person.was_told("The two cannot stand side by side here")

    async def test_decisions_that_still_fit_survive_a_change_on_the_other_side(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("T")
            seen = disputed.drafts.dispute(DocKind.CAMPAIGN, SPRING)
            newer = copy.deepcopy(seen.theirs)
            newer["contentJson"]["subject"] = "Theirs, changed again"
            disputed.drafts.put_in_conflict(DocKind.CAMPAIGN, SPRING, newer, "x", seen.base)
            await person.settle()
            person.sees("2 questions, 1 open")

    async def test_the_result_is_shown_before_it_is_accepted(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("T", "p")
            person.sees("What it becomes", "Theirs here", "Their preheader")

    async def test_leaving_decides_nothing(self, disputed: World) -> None:
        async with opened(disputed) as person:
            await opens(person)
            await person.press("T", "minus")
            assert person.badge == "1 conflict"

    @pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
    async def test_pictures(self, disputed: World, shot: Shot, size: tuple[int, int]) -> None:
        async with opened(disputed, size=size) as person:
            await opens(person)
            await person.press("m")
            assert await shot(person, "settling")
            await person.press("p")
            assert await shot(person, "settling-result")


class TestHistory:
    @pytest.fixture
    def kept(self, world: World) -> World:
        old = content_of(world)
        old["contentJson"]["subject"] = "How it was on Friday"
        now = world.hub.clock.now().timestamp()
        world.drafts.keep(DocKind.CAMPAIGN, SPRING, "merged", old, now - 3 * 86_400)
        return world

    async def test_an_older_text_is_shown_and_brought_back_after_a_question(self, kept: World) -> None:
        async with opened(kept) as person:
            await person.moves_to("Spring offer")
            await person.press("H")
            person.sees("How it was on Friday", "merged")
            await person.press("enter", "tab", "enter")
            assert content_of(kept)["contentJson"]["subject"] == "How it was on Friday"

    async def test_it_is_reached_by_name_and_says_when_it_is_empty(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("history")
            person.sees("Nothing was replaced yet")

    async def test_picture(self, kept: World, shot: Shot) -> None:
        async with opened(kept) as person:
            await person.goes("history")
            assert await shot(person, "history")
