"""A filter that somebody left unfinished still means whom it meant before: nobody is mailed by it."""

from localstore.records import DocKind
from tests.tui.composer_driver import SPRING, writing
from tests.tui.driver import opened
from tests.tui.test_sequence import WELCOME, opens
from tui.memory import World
from tui.screens.plan_dialog import PlanDialog
from tui.screens.review import ReviewScreen
from tui.segment_words import UNFINISHED


def leave_unfinished(world: World, kind: DocKind, id: str) -> None:
    """The segment that this campaign or sequence goes to."""
    mailing = world.drafts.get(kind, id)
    assert mailing is not None
    segment = mailing.content["segmentId"]
    draft = world.drafts.get(DocKind.SEGMENT, segment)
    assert draft is not None
    content = draft.content | {UNFINISHED: "vip = true and ci"}
    world.drafts.put(DocKind.SEGMENT, segment, content, draft.facts)


async def test_a_campaign_is_not_sent_until_the_filter_says_who_is_meant(world: World) -> None:
    leave_unfinished(world, DocKind.CAMPAIGN, SPRING)
    async with writing(world) as (person, _):
        person.sees("Pro customers (filter not finished)")
        await person.press("f9")
        person.sees("The filter of “Pro customers” is not finished", "1 thing must be fixed first")
        await person.press("S", "t")
        assert isinstance(person.app.screen, ReviewScreen)
        await person.press("enter")
        assert person.crumbs == ("Campaigns", "Spring offer", "Review", "Pro customers")
        await person.types("vip = true")
        await person.press("escape")
        person.sees("Ready:")


async def test_a_sequence_is_not_activated(world: World) -> None:
    leave_unfinished(world, DocKind.SEQUENCE, WELCOME)
    async with opened(world) as person:
        await opens(person)
        await person.press("f9")
        person.was_told("is not finished: it would still go to whom it meant before")
        assert not isinstance(person.app.screen, PlanDialog)
