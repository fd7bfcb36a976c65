"""What became of a sequence, from the list of sequences: its people, its steps, and each mail by name."""

from contract.delivery import Progress
from contract.reports import SequenceReport, StepCount
from localstore.records import DocKind
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.screens.sequence_report_parts import step_rows


class TestTheReport:
    async def test_people_and_steps_are_there_at_once_and_the_views_go_round(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("4", "r")
            assert person.crumbs == ("Sequences", "Report on Welcome")
            person.sees("in it 86 · at its end 258 · left early 18", "not counted: opened by a machine alone")
            person.sees("Waiting Sent Bounced Unknown Skipped Opened Clicked")
            person.sees("1. Welcome")
            await person.press("v")
            person.sees("60 days later")
            await person.press("V", "V", "V")
            person.sees("Why they left before the end", "unsubscribed", "14")

    async def test_machines_and_shares_stand_where_there_is_room(self, world: World) -> None:
        async with opened(world, size=(160, 45)) as person:
            await person.press("4", "r")
            person.sees("Opened, clicked by machines", "51.8 %")

    def test_where_nothing_is_tracked_no_step_says_that_nobody_opened_it(self) -> None:
        step = StepCount(step_id="s", place=1, subject="Hi", sent=5)
        report = SequenceReport(progress=Progress(total=5, accepted=5), steps=[step])
        (row,) = step_rows(report)
        assert row.cells[7:11] == ("", "", "", "")
        (row,) = step_rows(report.model_copy(update={"tracks_opens": True}))
        assert row.cells[7:9] == ("0", "0.0 %")

    async def test_one_that_was_never_activated_has_none(self, world: World) -> None:
        world.drafts.set_facts(DocKind.SEQUENCE, doc_id(40), status="DRAFT")
        async with opened(world) as person:
            await person.press("4", "r")
            person.was_told("It was never activated")
            assert person.crumbs == ("Sequences",)

    async def test_offline_is_a_sentence(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("4")
            world.hub.offline = True
            await person.press("r")
            person.sees("The server cannot be reached", "Press R to try again.")


class TestItsMails:
    async def test_by_name_with_the_step_and_the_reason(self, world: World) -> None:
        async with opened(world, size=(120, 30)) as person:
            await person.press("4", "r", "m")
            assert person.crumbs == ("Sequences", "Report on Welcome", "Mails of Welcome")
            person.sees("? unknown 1", "550 5.1.1 no such mailbox", "1. Welcome")
            await person.press("s")
            person.sees("1 · unknown", "2. How to brew it", "the connection was lost after the mail")
            await person.press("x")
            assert world.mails.exported == [(doc_id(40), world.mails.pages[-1][0], 1)]

    async def test_the_unknown_ones_are_sent_again_after_a_question(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("4", "d", "s", "S")
            person.sees("Send 1 mail again?", "may get it twice")
            await person.press("tab", "enter")
            person.was_told("1 mail will be sent again.")
            assert [resent[0] for resent in world.mails.resent] == [doc_id(40)]
