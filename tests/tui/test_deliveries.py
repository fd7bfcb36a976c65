from dataclasses import replace

import pytest

from contract.delivery import DeliveryList
from localstore.records import DocKind
from tests.tui.driver import Person, opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.screens.deliveries import DeliveriesScreen
from tui.sending_services import MailsWanted

FEBRUARY, MARCH = doc_id(21), doc_id(25)
LOST = {3, 5, 40}


@pytest.fixture
def lossy(world: World) -> World:
    """Of three mails of February's nobody knows."""
    world.sending.unknown[FEBRUARY] = set(LOST)
    return world


async def looks_at(person: Person, name: str) -> None:
    await person.goes(f"campaigns {name}")
    await person.press("d")


def states(person: Person) -> set[str]:
    rows = (person.list.row_at(n) for n in range(person.list.total))
    return {row.cells[2] for row in rows if row is not None}


class TestTheList:
    async def test_opens_on_those_who_did_not_get_it_with_counts_of_everyone(self, lossy: World) -> None:
        async with opened(lossy, size=(120, 40)) as person:
            await looks_at(person, "february")
            assert person.crumbs == ("Campaigns", "Mails of February news")
            person.sees("? unknown 3", "! bounced 109", "- skipped 69", "✓ accepted 8,917", "did not get it")
            assert states(person) == {"! bounced", "- skipped", "! failed", "? unknown"}
            assert "550 5.1.1 no such mailbox" in person.screen

    async def test_one_state_after_the_other_then_everyone(self, lossy: World) -> None:
        async with opened(lossy, size=(120, 40)) as person:
            await looks_at(person, "february")
            await person.press("s")
            assert (states(person), person.list.total) == ({"? unknown"}, 3)
            person.sees("3 · unknown")
            await person.press("s")
            assert states(person) == {"! bounced"}
            await person.press("a")
            person.sees("1,200 · everyone")
            await person.press("n")
            person.sees("did not get it")

    async def test_words_are_searched_on_the_server(self, lossy: World) -> None:
        async with opened(lossy, size=(120, 40)) as person:
            await looks_at(person, "february")
            await person.press("a", "slash")
            await person.types("no such mailbox")
            await person.waits(0.2)
            person.sees("14 · everyone with “no such mailbox”")
            assert lossy.mails.pages[-1][0] == MailsWanted(words="no such mailbox")
            await person.types("nobody says this")
            await person.waits(0.2)
            person.sees("No address and no reason has these words.")
            await person.press("escape")
            await person.waits(0.2)
            person.sees("1,200 · everyone")

    async def test_the_whole_reason_of_the_line_is_read_below(self, world: World) -> None:
        said = "421 4.7.0 " + "try again later, " * 12 + "the end"
        page = world.mails.page

        async def wordy(
            source: tuple[DocKind, str], wanted: MailsWanted, offset: int, limit: int
        ) -> DeliveryList:
            found = await page(source, wanted, offset, limit)
            return found.model_copy(
                update={"deliveries": [m.model_copy(update={"reason": said}) for m in found.deliveries]}
            )

        world.mails.page = wordy  # type: ignore[method-assign]
        async with opened(world) as person:
            await looks_at(person, "february")
            person.sees("try again later, the end")

    async def test_the_end_of_a_long_list_is_one_key_away(self, lossy: World) -> None:
        async with opened(lossy) as person:
            await looks_at(person, "february")
            await person.press("a", "G")
            assert person.list.row is not None
            assert person.list.row.key == "1200"
            asked = [offset for wanted, offset in lossy.mails.pages if wanted == MailsWanted()]
            assert len(asked) < 5, "not every page in between"

    async def test_counts_follow_a_running_send_and_no_line_moves(self, world: World) -> None:
        async with opened(world, size=(120, 40)) as person:
            await looks_at(person, "march")
            person.sees("○ pending 4,800")
            first = person.line
            await person.press("j", "j")
            await person.waits(60)
            person.sees("○ pending 2,400")
            assert person.list.cursor == 2
            await person.press("k", "k")
            assert person.line == first

    async def test_everybody_got_it(self, world: World) -> None:
        world.sending.shipments[FEBRUARY] = replace(world.sending.shipments[FEBRUARY], total=50)
        async with opened(world, size=(120, 40)) as person:
            await looks_at(person, "february")
            person.sees("Everybody got it: 50 mails.")

    async def test_offline_is_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("campaigns february")
            world.hub.offline = True
            await person.press("d")
            person.sees("The server cannot be reached", "Press R to try again.")
            world.hub.offline = False
            await person.press("R")
            person.sees("did not get it", "! bounced 109")


class TestSendingAgain:
    async def test_one_after_a_question_that_says_what_may_happen(self, lossy: World) -> None:
        async with opened(lossy) as person:
            await looks_at(person, "february")
            await person.press("s", "S")
            person.sees("Send 1 mail again?", "may get it twice", "same Message-ID")
            await person.press("enter")
            assert lossy.mails.resent == [], "Cancel has the focus"
            await person.press("S", "tab", "enter")
            assert lossy.mails.resent == [(FEBRUARY, ["3"], "")]
            person.was_told("1 mail will be sent again.")
            assert person.list.total == 2

    async def test_the_marked_ones_and_no_mail_of_another_state(self, lossy: World) -> None:
        async with opened(lossy, size=(120, 40)) as person:
            await looks_at(person, "february")
            await person.press("a", "g", "space", "space", "space", "space", "space", "S")
            person.sees("Send 2 mails again?", "3 of the marked are in another state and left alone.")
            await person.press("tab", "enter")
            assert lossy.mails.resent == [(FEBRUARY, ["3", "5"], "")]
            assert person.list.marks == {}

    async def test_all_of_them_that_the_words_let_through(self, lossy: World) -> None:
        async with opened(lossy, size=(120, 40)) as person:
            await looks_at(person, "february")
            await person.press("A")
            person.sees("Send 3 mails again?")
            await person.press("tab", "enter")
            assert lossy.mails.resent == [(FEBRUARY, None, "")]
            await person.press("A")
            person.was_told("There is no mail of which nobody knows.")

    async def test_what_arrived_or_bounced_is_not(self, lossy: World) -> None:
        async with opened(lossy) as person:
            await looks_at(person, "february")
            await person.press("s", "s", "S")
            person.was_told("Only mails of which nobody knows are sent again")
            assert isinstance(person.app.screen, DeliveriesScreen)

    async def test_whoever_may_not_is_told(self, lossy: World) -> None:
        lossy.mails.may_send = False
        async with opened(lossy) as person:
            await looks_at(person, "february")
            await person.press("s", "S", "tab", "enter")
            person.was_told("Your role does not allow you to send campaigns.")


class TestExport:
    async def test_the_filtered_list_goes_into_a_file(self, lossy: World) -> None:
        async with opened(lossy, size=(120, 40)) as person:
            await looks_at(person, "february")
            await person.press("s", "x")
            person.was_told("Written to /home/ana/handbill/exports/mails.csv")
            assert lossy.mails.exported == [(FEBRUARY, MailsWanted(state="unknown"), 3)]
