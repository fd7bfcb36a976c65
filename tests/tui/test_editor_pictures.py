"""How the editors look: 80x24 in each state, 120x40 in the normal one."""

import pytest

from contract.preflight import BrokenCopy, PreflightPage
from localstore.records import DocKind
from tests.tui.composer_driver import SPRING, writing
from tests.tui.conftest import Shot
from tests.tui.driver import Person, opened
from tests.tui.test_versions import earlier, keep
from tui.memory import World
from tui.memory.world import doc_id

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
Size = tuple[int, int]


async def spoil(world: World) -> None:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    mail = draft.content["contentJson"]
    mail["subject"] = "[/] 50% off [SALE] for {{ shoe_size }}"
    mail["blocks"][2]["href"] = "shop.example"
    mail["blocks"][3]["address"] = ""
    mail["blocks"].append({"id": "z1", "type": "carousel", "slides": ["[/] [b"]})
    world.drafts.store(DocKind.CAMPAIGN, SPRING, draft.content)


@SIZES
async def test_composer(world: World, shot: Shot, size: Size) -> None:
    async with writing(world, size=size) as (person, writer):
        await writer.chooses(2)
        await person.press("enter")
        assert await shot(person, "composer")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["80x24", "160x45"])
async def test_preview_of_a_dark_phone(world: World, shot: Shot, size: Size) -> None:
    async with writing(world, size=size) as (person, _):
        await person.press("f4", "f4")
        person.sees("dark phone")
        assert await shot(person, "preview-dark")


async def test_readers(world: World, shot: Shot) -> None:
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press("w")
        assert await shot(person, "readers")


async def test_composer_wide_as_a_contact(world: World, shot: Shot) -> None:
    async with writing(world, size=(160, 45)) as (person, _):
        await person.press("f4", "f6")
        assert await shot(person, "composer-wide")


@SIZES
async def test_composer_of_a_new_campaign(first_day: World, shot: Shot, size: Size) -> None:
    async with opened(first_day, size=size) as person:
        await person.press("n")
        await person.types("Autumn")
        await person.press("enter")
        assert await shot(person, "composer-empty")


@SIZES
async def test_composer_with_findings(world: World, shot: Shot, size: Size) -> None:
    await spoil(world)
    async with writing(world, size=size) as (person, writer):
        await writer.chooses(3)
        await writer.checks()
        await person.press("f7")
        assert await shot(person, "composer-findings")


async def test_composer_of_an_unknown_block(world: World, shot: Shot) -> None:
    await spoil(world)
    async with writing(world, size=(80, 24)) as (person, writer):
        await writer.chooses(5)
        assert await shot(person, "composer-unknown")


async def test_composer_preview_on_a_narrow_terminal(world: World, shot: Shot) -> None:
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press("f3")
        assert await shot(person, "composer-preview")


async def test_composer_read_only(world: World, shot: Shot) -> None:
    async with writing(world, "Easter opening hours", doc_id(24), size=(80, 24)) as (person, _):
        assert await shot(person, "composer-read-only")


@pytest.mark.parametrize(("key", "name"), [("a", "palette"), ("f5", "segments"), ("question_mark", "help")])
async def test_what_the_composer_asks(world: World, shot: Shot, key: str, name: str) -> None:
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press(key)
        assert await shot(person, name)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 45)], ids=["80x24", "120x40", "160x45"])
async def test_review(world: World, shot: Shot, size: Size) -> None:
    async with writing(world, size=size) as (person, _):
        await person.press("f9")
        assert await shot(person, "review")


async def test_review_with_faults(world: World, shot: Shot) -> None:
    await spoil(world)
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press("f9")
        assert await shot(person, "review-faults")


async def test_copies_that_would_break(world: World, shot: Shot) -> None:
    broken = [
        BrokenCopy(
            contact_id=contact.id,
            email=contact.email,
            name=contact.name,
            missing=[] if n % 5 == 4 else ["city"],
            faults=["cannot be mailed: To: not an address that can be mailed to"] if n % 5 == 4 else [],
            left_out=n % 5 == 4,
        )
        for n, contact in enumerate(world.contacts.everyone[:12])
    ]
    world.sending.preflight_pages = [PreflightPage(checked=1_130, broken=broken, next_cursor=None)]
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press("f9")
        assert await shot(person, "review-copies")
        await person.press("c", "down", "down")
        assert await shot(person, "copies")


async def test_countdown(world: World, shot: Shot) -> None:
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press("f9", "S", "tab", "enter")
        await person.waits(3)
        assert await shot(person, "countdown")


async def test_schedule(world: World, shot: Shot) -> None:
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press("f9", "t")
        await person.types("fri 17:30")
        assert await shot(person, "schedule")


async def _sequence(person: Person) -> None:
    await person.goes("sequences")
    await person.press("enter", "j")


@SIZES
async def test_sequence(world: World, shot: Shot, size: Size) -> None:
    async with opened(world, size=size) as person:
        await _sequence(person)
        assert await shot(person, "sequence")


@pytest.mark.parametrize(
    ("keys", "name"), [("", "sequences"), ("f9", "plan"), ("d", "delay"), ("e", "people"), ("enter", "step")]
)
async def test_around_the_sequence(world: World, shot: Shot, keys: str, name: str) -> None:
    async with opened(world) as person:
        if keys:
            await _sequence(person)
            await person.press(keys)
        else:
            await person.goes("sequences")
        assert await shot(person, name)


async def test_settings(world: World, shot: Shot) -> None:
    segment = world.drafts.list(DocKind.SEGMENT)[1].id
    window = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}
    draft = world.drafts.get(DocKind.SEQUENCE, doc_id(40))
    assert draft is not None
    settings = {"sendWindow": window, "goalSegmentId": segment, "reenterAfterDays": 90}
    world.drafts.store(DocKind.SEQUENCE, doc_id(40), draft.content | {"settings": settings})
    world.sequences.planned = {"will_exit": 7, "due_in_window": 3, "settings_changed": list(settings)}
    async with opened(world) as person:
        await _sequence(person)
        await person.press("f9")
        assert await shot(person, "plan-settings")
        await person.press("escape", "S")
        assert await shot(person, "settings")


async def test_time_machine(world: World, shot: Shot) -> None:
    world.sequences.foretold = {"notes": ["It is paused; this is what comes if it went on now."]}
    async with opened(world) as person:
        await _sequence(person)
        await person.press("t", "enter")
        assert await shot(person, "time-machine")


async def test_sequence_with_a_fault(world: World, shot: Shot) -> None:
    async with opened(world) as person:
        await _sequence(person)
        await person.press("a")
        assert await shot(person, "sequence-fault")


@SIZES
async def test_versions(world: World, shot: Shot, size: Size) -> None:
    for number, subject in enumerate(("Winter is over", "Almost spring")):
        keep(world, SPRING, number, earlier(world, subject))
    async with writing(world, size=size) as (person, _):
        await person.press("V")
        assert await shot(person, "versions")


async def test_review_with_a_broken_link_and_an_approval(world: World, shot: Shot) -> None:
    world.links.broken = {"https://shop.example/spring": "it answers 404"}
    world.sending.needs_approval = True
    async with writing(world, size=(80, 24)) as (person, _):
        await person.press("f9")
        assert await shot(person, "review-approval")
