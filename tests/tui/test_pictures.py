"""How every screen looks: 80x24 in each of its states, 120x40 in its normal one."""

import copy

import pytest

from contract.wire import format_timestamp
from localstore.records import DocKind
from tests.tui.conftest import Shot
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.theme import LIGHT

SMALL, LARGE = (80, 24), (120, 40)

WAYS: dict[str, tuple[str, ...]] = {
    "campaigns": (),
    "segments": ("2",),
    "segment": ("2", "enter"),
    "members": ("2", "enter", "f3"),
    "contacts": ("3",),
    "contact": ("3", "enter"),
    "outbox": ("5",),
    "report": ("5", "t"),
    "mails": ("5", "enter"),
    "accounts": ("7",),
    "account": ("7", "enter"),
    "dkim": ("7", "d", "n"),
    "suppressions": ("8",),
    "rules": ("9",),
    "sequence_report": ("4", "r"),
    "sequence_mails": ("4", "d"),
    "mailbox": ("6",),
    "sync": ("colon", "s", "y", "enter"),
    "help": ("question_mark",),
    "goto": ("colon", "c"),
    "question": ("D",),
    "ask": ("n",),
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
@pytest.mark.parametrize("way", WAYS)
async def test_normal(world: World, shot: Shot, way: str, size: tuple[int, int]) -> None:
    async with opened(world, size=size) as person:
        await person.press(*WAYS[way])
        assert await shot(person, way)


@pytest.mark.parametrize(
    "way", ["campaigns", "segments", "contacts", "outbox", "mailbox", "accounts", "suppressions", "sync"]
)
async def test_empty(first_day: World, shot: Shot, way: str) -> None:
    async with opened(first_day) as person:
        await person.press(*WAYS[way])
        assert await shot(person, way)


@pytest.mark.parametrize("size", [SMALL, (160, 45)], ids=["80x24", "160x45"])
@pytest.mark.parametrize(("turns", "view"), [(0, "course"), (1, "links"), (2, "providers")])
async def test_a_report(world: World, shot: Shot, size: tuple[int, int], turns: int, view: str) -> None:
    async with opened(world, size=size) as person:
        await person.press(*WAYS["report"], *["v"] * turns)
        assert await shot(person, f"report_{view}")


async def test_a_report_of_what_is_not_tracked(world: World, shot: Shot) -> None:
    world.sending.tracks = False
    async with opened(world) as person:
        await person.press(*WAYS["report"], "v")
        assert await shot(person, "report_untracked")


@pytest.mark.parametrize(
    "way", ["contacts", "segment", "report", "outbox", "mails", "accounts", "suppressions", "rules"]
)
async def test_offline(world: World, shot: Shot, way: str) -> None:
    world.hub.offline = True
    async with opened(world) as person:
        await person.press(*WAYS[way])
        assert await shot(person, way)


async def test_a_mistake_in_a_filter(world: World, shot: Shot) -> None:
    async with opened(world) as person:
        await person.press("2", "enter")
        await person.types('vip = true and ctiy = "Lisbon" or plan = pro')
        assert await shot(person, "filter_mistake")


async def test_marks_and_a_reason_why_not(world: World, shot: Shot) -> None:
    async with opened(world) as person:
        await person.press("space", "space", "space", "D")
        assert await shot(person, "marks")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_a_conflict(world: World, shot: Shot, size: tuple[int, int]) -> None:
    draft = world.drafts.get(DocKind.CAMPAIGN, doc_id(27))
    assert draft is not None
    theirs = copy.deepcopy(draft.content)
    theirs["contentJson"]["subject"] = "Spring is nearly here"
    theirs["sendAt"] = format_timestamp(world.hub.clock.now())
    world.drafts.put_in_conflict(
        DocKind.CAMPAIGN, draft.id, theirs, "bo@shop.example changed the subject too."
    )
    async with opened(world, size=size) as person:
        await person.goes("sync")
        await person.press("enter")
        assert await shot(person, "conflict")


async def test_not_saved(world: World, shot: Shot) -> None:
    async with opened(world) as person:
        await person.press("2", "enter")
        world.hub.not_saved = True
        await person.types("vip = true")
        assert await shot(person, "not_saved")


async def test_explanation(world: World, shot: Shot) -> None:
    async with opened(world) as person:
        await person.press("2", "enter", "f4", "enter")
        assert await shot(person, "explanation")


@pytest.mark.parametrize("way", ["campaigns", "segment", "report"])
async def test_light(world: World, shot: Shot, way: str) -> None:
    async with opened(world, theme=LIGHT) as person:
        await person.press(*WAYS[way])
        assert await shot(person, way)


async def test_palette(world: World, shot: Shot) -> None:
    async with opened(world) as person:
        await person.press("ctrl+p")
        assert await shot(person, "palette")


@pytest.mark.parametrize("size", [(40, 12), (200, 50)], ids=["40x12", "200x50"])
async def test_very_small_and_very_large(world: World, shot: Shot, size: tuple[int, int]) -> None:
    async with opened(world, size=size) as person:
        await person.press("2", "enter")
        assert await shot(person, "segment")
