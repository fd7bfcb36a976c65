"""What a mail or a sequence held before: looked at, compared, brought back, and taken away again."""

from datetime import UTC, datetime

from contract.auth import UserInfo
from contract.versions import DocumentVersion
from localstore.records import DocKind
from tests.tui.composer_driver import SPRING, writing
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id

MEL = UserInfo(id="2", email="mel@shop.example")


def keep(world: World, document_id: str, number: int, content: dict[str, object]) -> None:
    """One more, older than those before."""
    world.versions.kept.append(
        DocumentVersion(
            id=doc_id(900 + number),
            document_id=document_id,
            name="Spring offer",
            saved_at=datetime(2026, 3, 1, 12, 60 - 1 - number, tzinfo=UTC),
            saved_by=MEL,
            content_json=content,
        )
    )


def earlier(world: World, subject: str) -> dict[str, object]:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    return draft.content["contentJson"] | {"subject": subject}


async def test_who_wrote_what_and_what_differs(world: World) -> None:
    keep(world, SPRING, 0, earlier(world, "Winter is over"))
    async with writing(world) as (person, _):
        await person.press("V")
        assert person.crumbs == ("Campaigns", "Spring offer", "Versions")
        person.sees("mel@shop.example", "▌ Subject: Winter is over", "  Preheader: Loose leaf tea")


async def test_as_the_mail_says_it(world: World) -> None:
    keep(world, SPRING, 0, earlier(world, "Winter is over for {{ name | you }}"))
    async with writing(world) as (person, _):
        await person.press("V", "r")
        person.sees("▌ Subject: Winter is over for you", "plain text of the mail")


async def test_one_is_brought_back_and_undo_takes_it_away(world: World) -> None:
    keep(world, SPRING, 0, earlier(world, "Winter is over"))
    async with writing(world) as (person, writer):
        before = writer.stored["contentJson"]["subject"]
        await person.press("V", "enter", "tab", "enter")
        person.was_told("It is back.")
        assert writer.stored["contentJson"]["subject"] == "Winter is over"
        assert person.crumbs == ("Campaigns", "Spring offer")
        person.sees("Winter is over")
        await writer.chooses(1)
        await person.press("u")
        assert writer.stored["contentJson"]["subject"] == before


async def test_the_default_is_to_leave_it(world: World) -> None:
    keep(world, SPRING, 0, earlier(world, "Winter is over"))
    async with writing(world) as (person, writer):
        await person.press("V", "enter", "enter")
        assert writer.stored["contentJson"]["subject"] != "Winter is over"


async def test_none_yet_and_offline_are_said(world: World) -> None:
    async with writing(world) as (person, _):
        await person.press("V")
        person.sees("The server keeps none yet")
        world.hub.offline = True
        await person.press("R")
        person.sees("The server cannot be reached", "Press R to ask again.")


async def test_older_ones_come_on_demand(world: World) -> None:
    for number in range(55):
        keep(world, SPRING, number, earlier(world, f"Draft {number}"))
    async with writing(world) as (person, _):
        await person.press("V")
        assert person.list.total == 50
        await person.press("o")
        assert person.list.total == 55
        await person.press("o")
        person.was_told("These are all of them.")


async def test_a_sequence_gets_its_steps_back(world: World) -> None:
    id = doc_id(40)
    draft = world.drafts.get(DocKind.SEQUENCE, id)
    assert draft is not None
    first = draft.content["steps"][0]
    keep(world, id, 0, {"steps": [first]})
    async with opened(world) as person:
        await person.goes(":sequences")
        await person.press("enter", "V", "enter", "tab", "enter")
        stored = world.drafts.get(DocKind.SEQUENCE, id)
        assert stored is not None
        assert [step["id"] for step in stored.content["steps"]] == [first["id"]]
