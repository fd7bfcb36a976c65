"""Seeded games of the real engine against the real backend: safety while it storms, then liveness.

`HANDBILL_SEEDS` sets how many are played; `make simulate SEED=n` plays one again.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.simulation.conftest import game_on
from tests.simulation.line import FAULTS, Weather

SEEDS = int(os.environ.get("HANDBILL_SEEDS", "2"))
STORM = Weather(faults=0.3, outages=0.25, longest_outage=30)

pytestmark = pytest.mark.usefixtures("standstill")


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_one_person_never_meets_a_question_and_loses_nothing(folder: Path, seed: int) -> None:
    async with game_on(folder, seed) as game:
        await game.join("a", STORM)
        id = await game.begin()
        await game.play(id, 120)
        row = await game.peace(id)
        game.check(id, row)
        assert not game.people[0].asked


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_three_people_lose_nothing_and_end_with_one_text(folder: Path, seed: int) -> None:
    async with game_on(folder, 1000 + seed) as game:
        for name in "abc":
            await game.join(name, STORM)
        id = await game.begin()
        await game.play(id, 100)
        row = await game.peace(id)
        game.check(id, row)


@pytest.mark.parametrize("seed", range(min(SEEDS, 50)))
async def test_clocks_that_are_wrong_by_ten_years_cost_nothing(folder: Path, seed: int) -> None:
    async with game_on(folder, 2000 + seed) as game:
        for name, years in (("a", 10), ("b", -10)):
            await game.join(name, STORM, years)
        id = await game.begin()
        await game.play(id, 60)
        row = await game.peace(id)
        game.check(id, row)


@pytest.mark.parametrize("seed", range(min(SEEDS, 50)))
async def test_a_computer_whose_clock_is_set_while_it_works_goes_on(folder: Path, seed: int) -> None:
    """Pauses that were stored by the old date must neither last for years nor forget anything."""
    async with game_on(folder, 3000 + seed) as game:
        person = await game.join("a", STORM)
        id = await game.begin()
        for years in (10, -10, 0):
            person.clock.offset = timedelta(days=365 * years)  # type: ignore[attr-defined]
            await game.play(id, 25)
        row = await game.peace(id)
        game.check(id, row)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_server_that_is_restored_from_a_backup_costs_nobody_a_word(folder: Path, seed: int) -> None:
    async with game_on(folder, 4000 + seed) as game:
        for name in "ab":
            await game.join(name, STORM)
        id = await game.begin()
        await game.play(id, 30)
        copy = game.world.back_up()
        await game.play(id, 30)
        game.world.restore(copy)
        await game.play(id, 30)
        row = await game.peace(id)
        there = game.sentences_in(row)
        for person in game.people:
            kept = {s for text in person.peek.kept() for s in game.sentences_in(text.content)}
            missing = person.typed - set(there) - kept - set().union(*(p.removed for p in game.people))
            assert not missing, f"{person.name} lost {missing}"
        for person in game.people:
            assert person.peek.waiting() == []


async def test_a_seed_replays_call_by_call(folder: Path) -> None:
    """A failure that cannot be seen again cannot be mended."""
    logs = []
    for name in ("once", "again"):
        async with game_on(folder / name, 6000) as game:
            for person in "ab":
                await game.join(person, STORM)
            await game.play(await game.begin(), 30)
            logs.append([entry for person in game.people for entry in person.line.log])
    assert len(logs[0]) > 20
    assert logs[0] == logs[1]


async def test_every_fault_and_every_kind_of_question_comes_up(folder: Path) -> None:
    """A game that never rains proves nothing."""
    faults: set[str] = set()
    asked: set[str] = set()
    deaths = 0
    for seed in range(3):
        async with game_on(folder / str(seed), 5000 + seed) as game:
            for name in "ab":
                await game.join(name, Weather(faults=0.4, outages=0.3, longest_outage=40))
            id = await game.begin()
            await game.play(id, 90)
            await game.peace(id)
            for person in game.people:
                faults |= person.line.faults
                asked |= person.asked
                deaths += person.deaths
    assert faults == set(FAULTS)
    assert {"conflict", "text", "field", "edit_delete"} <= asked
    assert deaths > 1
