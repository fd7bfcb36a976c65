import copy

import pytest

from localstore.records import DocKind
from tests.tui.driver import Person, opened
from tui.memory import World
from tui.memory.world import doc_id

SPRING = doc_id(27)


@pytest.fixture
def unknown_base(world: World) -> World:
    """A conflict whose base is not known: nothing can be merged, so whole texts are chosen."""
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    theirs = copy.deepcopy(draft.content)
    theirs["contentJson"]["subject"] = "Spring is nearly here"
    world.drafts.put_in_conflict(DocKind.CAMPAIGN, SPRING, theirs, "The subject was changed too.")
    return world


@pytest.fixture
def disputed(world: World) -> World:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    theirs = copy.deepcopy(draft.content)
    theirs["contentJson"]["subject"] = "Spring is nearly here"
    world.drafts.put_in_conflict(
        DocKind.CAMPAIGN, SPRING, theirs, "The subject was changed by bo@shop.example."
    )
    return world


def subject(world: World) -> str:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    return str(draft.content["contentJson"]["subject"])


async def open_hold(person: Person) -> None:
    await person.goes("sync")
    await person.press("enter")


class TestSyncStatus:
    async def test_what_waits_for_a_person_comes_first_with_its_reason(self, disputed: World) -> None:
        async with opened(disputed, size=(120, 24)) as person:
            assert person.badge == "1 conflict"
            await person.goes("sync")
            assert person.line == "Spring offer"
            person.sees("! conflict", "The subject was changed by bo@shop.example.", "ana@shop.example")

    async def test_a_document_in_order_has_nothing_to_settle(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("sync")
            await person.press("enter")
            person.was_told("Nothing about this one waits for your decision.")

    async def test_s_asks_the_server(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("sync")
            await person.press("s")
            assert world.sync.pushes == 1


class TestTheHold:
    async def test_shows_both_texts(self, unknown_base: World) -> None:
        async with opened(unknown_base, size=(120, 30)) as person:
            await open_hold(person)
            person.sees(
                "Spring is here, {{ name | friend }}", "Spring is nearly here", "Mine, on this computer"
            )

    @pytest.mark.parametrize(
        ("key", "kept", "copies"),
        [("M", "Spring is here, {{ name | friend }}", 0), ("T", "Spring is nearly here", 0)],
    )
    async def test_one_side_is_kept_after_a_question(
        self, unknown_base: World, key: str, kept: str, copies: int
    ) -> None:
        async with opened(unknown_base) as person:
            await open_hold(person)
            await person.press(key, "tab", "enter")
            assert subject(unknown_base) == kept
            assert person.crumbs == ("Campaigns", "Sync status")
            assert len(unknown_base.drafts.list(DocKind.CAMPAIGN)) == 7 + copies

    async def test_both_are_kept(self, unknown_base: World) -> None:
        async with opened(unknown_base) as person:
            await open_hold(person)
            await person.press("B")
            assert subject(unknown_base) == "Spring is nearly here"
            assert "Spring offer (mine)" in [d.name for d in unknown_base.drafts.list(DocKind.CAMPAIGN)]

    async def test_enter_on_the_question_decides_nothing(self, unknown_base: World) -> None:
        async with opened(unknown_base) as person:
            await open_hold(person)
            await person.press("T", "enter")
            assert person.badge == "1 conflict"

    async def test_a_rejected_document_says_why_and_has_no_other_side(self, world: World) -> None:
        world.drafts.reject(DocKind.CAMPAIGN, SPRING, "The name is longer than 200 characters.")
        async with opened(world) as person:
            await open_hold(person)
            person.sees("The name is longer than 200 characters.")
            person.does_not_see("Theirs, at the server")
            await person.press("B")
            person.was_told("There is no other text to keep.")
            await person.press("M")
            person.sees("Your text goes to the server once more.")

    async def test_it_opens_from_the_list_of_campaigns(self, unknown_base: World) -> None:
        async with opened(unknown_base) as person:
            await person.moves_to("Spring offer")
            await person.press("ctrl+e")
            assert person.crumbs == ("Campaigns", "Settle Spring offer")
