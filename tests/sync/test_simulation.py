"""Seeded runs of two people, one real server and a line that fails in every way.

Each person writes sentences of their own into blocks of their own, so that at the end nothing may be
missing and nothing may be doubled: every sentence is on the server, or waits in a held draft.
`HANDBILL_SEEDS` sets how many seeds are played.
"""

import os
import random
from contextlib import suppress

import pytest

from localstore.records import Hold
from sync.wire_errors import TransportError
from tests.sync.conftest import CAMPAIGN, Desk, World, mail

FAULTS = [None, None, "request lost", "answer lost", "answer cut"]
SEEDS = int(os.environ.get("HANDBILL_SEEDS", "12"))


async def reopen(world: World, desk: Desk) -> None:
    """kill -9 and a new start: only what is on the disk remains."""
    from localstore.store import Store
    from sync.pull import Pull
    from sync.push import Push

    await desk.store.close()
    desk.store = Store(desk.path, world.clock)
    desk.push = Push(desk.store, desk.api, world.clock, random.Random(1))
    desk.pull = Pull(desk.store, desk.api)


async def step(world: World, desk: Desk, id: str, dice: random.Random, word: str) -> str | None:
    """One random thing a person or the network does; the sentence that was typed, if one was."""
    match dice.choice(["type", "type", "push", "push", "pull", "crash"]):
        case "type":
            if desk.peek.get(CAMPAIGN, id) is None or desk.draft(id).state.hold is not None:
                return None
            await desk.write(id, mail(*desk.texts(id), word))
            return word
        case "push":
            desk.line.fault = dice.choice(FAULTS)
            await desk.push.push(CAMPAIGN, id)
        case "pull":
            desk.line.fault = dice.choice(FAULTS)
            with suppress(TransportError):
                await desk.pull.pull()
        case "crash":
            await reopen(world, desk)
    return None


async def heal(desks: list[Desk]) -> None:
    for _ in range(3):
        for desk in desks:
            desk.line.fault = None
            await desk.push_all()
            await desk.pull.pull()


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_one_person_never_conflicts_with_herself_and_loses_nothing(world, seed):
    dice = random.Random(seed)
    desk = await world.desk()
    id = await desk.create(mail("start"))
    typed = ["start"]
    for n in range(40):
        if word := await step(world, desk, id, dice, f"s{n}."):
            typed.append(word)
        assert desk.draft(id).state.hold is None
    await heal([desk])
    row = await world.on_server(desk, id)
    assert [block["text"] for block in row["contentJson"]["blocks"]] == typed
    assert not desk.draft(id).state.dirty


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_two_people_lose_nothing_without_being_asked(world, seed):
    dice = random.Random(1000 + seed)
    ana, ben = await world.desk(), await world.desk()
    id = await ana.create(mail("start"))
    await ana.push_all()
    await ben.pull.pull()
    typed = set()
    for n in range(40):
        desk, who = dice.choice([(ana, "a"), (ben, "b")])
        if word := await step(world, desk, id, dice, f"{who}{n}."):
            typed.add(word)
    await heal([ana, ben])
    on_server = {block["text"] for block in (await world.on_server(ana, id))["contentJson"]["blocks"]}
    held = {
        text for desk in (ana, ben) if desk.draft(id).state.hold is Hold.CONFLICT for text in desk.texts(id)
    }
    assert typed <= on_server | held
    settled = [desk for desk in (ana, ben) if desk.draft(id).state.hold is None]
    assert settled
    for desk in settled:
        assert set(desk.texts(id)) == on_server
