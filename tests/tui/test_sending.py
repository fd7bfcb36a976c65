import pytest

from contract.auth import UserInfo
from contract.campaigns import Approval
from contract.problems import AudienceDriftedError, FieldError, NotReadyError
from localstore.records import DocKind
from sync.errors import RefusedError
from tests.tui.composer_driver import SPRING, Writer, writing
from tests.tui.driver import Person
from tui.memory import World
from tui.screens.countdown import Countdown
from tui.screens.review import ReviewScreen


async def sends(person: Person) -> None:
    """Through the question, whose default is Cancel."""
    await person.press("S", "tab", "enter")


def status(world: World) -> str:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    return str(draft.facts["status"])


class TestReview:
    async def test_shows_the_funnel_the_mail_and_the_verdict(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9")
            assert person.crumbs == ("Campaigns", "Spring offer", "Review")
            person.sees("in the segment", "1,200", "suppressed", "29", "unsubscribed", "41", "1,130")
            person.sees("Ready: 1,130 contacts will get it", "Spring is here", "Pro customers")

    async def test_a_fault_blocks_sending_and_enter_jumps_to_its_field(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(3)
            await writer.enters("Address", "")
            await person.press("f9")
            person.sees("must be fixed", "The button has no address.", "1 thing must be fixed first")
            await person.press("S")
            person.was_told("1 thing must be fixed first")
            await person.press("enter")
            assert person.crumbs == ("Campaigns", "Spring offer")
            assert person.app.focused is writer.row("Address").field

    async def test_without_a_segment_nobody_is_mailed(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.place.session.edit(lambda content: content | {"segmentId": None})
            await person.press("f9")
            person.sees("Choose a segment first")
            await person.press("S", "t")
            assert isinstance(person.app.screen, ReviewScreen)

    async def test_offline_says_so_and_asks_again_on_demand(self, world: World) -> None:
        async with writing(world) as (person, _):
            world.hub.offline = True
            await person.press("f9")
            person.sees("The server cannot be reached", "Press R to ask again.")
            await person.press("S")
            assert isinstance(person.app.screen, ReviewScreen)
            world.hub.offline = False
            await person.press("R")
            person.sees("Ready: 1,130 contacts")

    async def test_the_server_may_list_what_is_not_ready(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refuse(*_: object, **__: object) -> None:
            faults = [FieldError(path="contentJson.blocks.2.href", message="This link is on a blocklist.")]
            raise RefusedError(NotReadyError(errors=faults))

        monkeypatch.setattr(world.sending, "send", refuse)
        async with writing(world) as (person, writer):
            await person.press("f9")
            await sends(person)
            person.was_told("cannot be sent yet")
            person.sees("This link is on a blocklist.")
            await person.press("enter")
            assert writer.place.current_id == "b3"
            assert person.app.focused is writer.row("Address").field

    async def test_an_audience_that_changed_is_counted_again_before_anyone_is_mailed(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with writing(world) as (person, _):
            await person.press("f9")
            await world.contacts.create("new@example.com", "New")
            await sends(person)
            person.was_told(AudienceDriftedError().detail)
            person.sees("1,201")
            assert status(world) == "DRAFT"
            await sends(person)
            assert status(world) == "SCHEDULED"


class TestTheAccount:
    async def test_the_default_is_named_and_another_one_is_chosen(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("f9")
            person.sees("news@shop.example (Shop server, the default)")
            await person.press("f")
            person.sees("Through which account?", "~ resting", "‖ paused")
            await person.press("j", "j", "enter")
            assert writer.stored["accountId"] == "2"
            person.sees("hello@shop.example (Provider)", "Provider rests, because its server said: 421 4.7.0")
            person.sees("Ready: 1,130 contacts will get it")

    async def test_a_paused_one_is_said_and_mails_may_wait_for_it(self, world: World) -> None:
        world.accounts.put(world.accounts.find("1"), state="paused", paused_reason="by bo: moving")
        async with writing(world) as (person, _):
            await person.press("f9")
            person.sees("Shop server is paused by bo: moving: mails wait until it is resumed.")
            await sends(person)
            person.sees("is about to go out")

    async def test_one_that_is_gone_blocks_and_enter_chooses_another(self, world: World) -> None:
        draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
        assert draft is not None
        world.drafts.put(DocKind.CAMPAIGN, SPRING, draft.content | {"accountId": "9"}, draft.facts)
        async with writing(world) as (person, writer):
            await person.press("f9")
            person.sees("an account that is gone", "1 thing must be fixed first")
            await person.press("g", "enter")
            person.sees("Through which account?")
            await person.press("enter")
            assert writer.stored["accountId"] is None
            person.sees("(Shop server, the default)", "Ready: 1,130 contacts will get it")

    async def test_without_any_account_the_installations_server_is_named(self, world: World) -> None:
        world.accounts.all.clear()
        async with writing(world) as (person, _):
            await person.press("f9")
            person.sees("the installation's server, 127.0.0.1:2525", "Ready: 1,130 contacts")
            world.accounts.installation = None
            await person.press("escape", "f9")
            person.sees("There is no sending account yet: press 7 to add one.")

    async def test_a_paused_campaign_may_go_on_through_another(self, world: World) -> None:
        world.drafts.set_facts(DocKind.CAMPAIGN, SPRING, status="PAUSED")
        async with writing(world) as (person, writer):
            await person.press("A", "j", "j", "enter")
            assert writer.stored["accountId"] == "2"


class TestSendNow:
    async def test_asks_and_cancel_is_the_default(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9", "S")
            person.sees("Mail 1,130 contacts now?")
            await person.press("enter")
            assert status(world) == "DRAFT"

    async def test_can_be_undone_for_ten_seconds(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await person.press("f9")
            await sends(person)
            person.sees("“Spring offer” is about to go out", "10 s")
            await person.waits(4)
            person.sees("6 s")
            await person.press("u")
            person.was_told("Taken back. It is a draft again, and nobody was mailed.")
            assert status(world) == "DRAFT"
            await person.press("escape", "D")
            assert len(writer.blocks) == 3

    async def test_after_ten_seconds_it_is_on_its_way_and_the_outbox_is_offered(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9")
            await sends(person)
            await person.waits(10)
            person.sees("It is on its way.")
            await person.press("o")
            assert person.crumbs == ("Outbox",)
            assert world.sending.acts == []

    async def test_an_undo_that_fails_says_so_and_can_be_tried_again(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9")
            await sends(person)
            world.hub.offline = True
            await person.press("u")
            person.sees("Not taken back: The server cannot be reached")
            assert isinstance(person.app.screen, Countdown)
            world.hub.offline = False
            await person.press("u")
            assert status(world) == "DRAFT"

    async def test_a_campaign_that_was_sent_cannot_be_sent_again(self, world: World) -> None:
        world.drafts.set_facts(DocKind.CAMPAIGN, SPRING, status="SENT")
        async with writing(world) as (person, _):
            await person.press("f9")
            person.was_told("It was sent already")


class TestTestMail:
    async def test_goes_to_the_named_addresses_only(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9", "m")
            await person.types("ana@example.com, ben@example.com")
            await person.press("enter")
            assert world.sending.tests == [(SPRING, ("ana@example.com", "ben@example.com"))]
            person.was_told("Test mail sent to ana@example.com, ben@example.com.")

    async def test_an_odd_address_is_named(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9", "m")
            await person.types("ana@example.com [/]")
            await person.press("enter")
            person.sees("“[/]” is not an address")
            assert world.sending.tests == []

    async def test_offline_becomes_a_sentence(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9")
            world.hub.offline = True
            await person.press("m")
            await person.types("ana@example.com")
            await person.press("enter")
            person.was_told("cannot be reached")


async def test_a_name_like_markup_is_shown_as_it_is(world: World) -> None:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    draft.content["name"] = "[/] [b"
    draft.content["contentJson"]["subject"] = "[/] [b {{ name }}"
    draft.content["contentJson"]["blocks"][1]["text"] = "[/] [b"
    world.drafts.store(DocKind.CAMPAIGN, SPRING, draft.content)
    async with writing(world, "[/] [b") as (person, writer):
        assert isinstance(writer, Writer)
        await person.press("j", "enter", "f9", "S")
        person.sees("[/] [b")
        await person.press("tab", "enter")
        person.sees("“[/] [b” is about to go out")


class TestLinks:
    async def test_a_broken_one_is_named_and_does_not_stand_in_the_way(self, world: World) -> None:
        world.links.broken = {"https://shop.example/spring": "it answers 404"}
        async with writing(world) as (person, writer):
            await person.press("f9")
            person.sees(
                "Links", "1, 1 of them broken", "Broken link", "it answers 404", "Ready: 1,130 contacts"
            )
            await person.press("enter")
            assert writer.place.current_id == "b3"

    async def test_all_of_them_lead_somewhere(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9")
            person.sees("1, all of them lead somewhere")


class TestApproval:
    async def test_it_is_not_spoken_of_where_nobody_asks_for_it(self, world: World) -> None:
        async with writing(world) as (person, _):
            await person.press("f9")
            person.does_not_see("Approval")
            await person.press("A")
            person.was_told("Your organisation does not ask for approvals.")

    async def test_without_one_nothing_is_sent(self, world: World) -> None:
        world.sending.needs_approval = True
        async with writing(world) as (person, _):
            await person.press("f9")
            person.sees("Approval", "needed")
            await person.press("S")
            person.was_told("Somebody else must approve it first")
            assert isinstance(person.app.screen, ReviewScreen)

    async def test_whoever_approves_does_not_send(self, world: World) -> None:
        world.sending.needs_approval = True
        async with writing(world) as (person, _):
            await person.press("f9", "A", "tab", "enter")
            person.was_told("Approved.")
            person.sees("by ana@shop.example")
            await person.press("S")
            person.was_told("You approved it, so somebody else has to send it.")

    async def test_with_somebody_elses_it_goes(self, world: World) -> None:
        world.sending.needs_approval = True
        mel = UserInfo(id="2", email="mel@shop.example")
        world.sending.approvals[SPRING] = Approval(required=True, stands=True, approved_by=mel)
        async with writing(world) as (person, _):
            await person.press("f9")
            person.sees("by mel@shop.example", "Ready: 1,130 contacts")
            await sends(person)
            assert isinstance(person.app.screen, Countdown)

    async def test_an_earlier_content_was_approved(self, world: World) -> None:
        world.sending.needs_approval = True
        mel = UserInfo(id="2", email="mel@shop.example")
        world.sending.approvals[SPRING] = Approval(required=True, stands=False, approved_by=mel)
        async with writing(world) as (person, _):
            await person.press("f9")
            person.sees("another look")
            await person.press("S")
            person.was_told("Somebody else must approve it first")
