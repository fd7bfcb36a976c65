"""Two people edit one campaign on bad networks for an hour: one text in the end, with every sentence."""

import os
from pathlib import Path

import pytest

from tests.simulation.conftest import game_on
from tests.simulation.line import Weather

HOURS = 1 if int(os.environ.get("HANDBILL_SEEDS", "1")) < 100 else 5

pytestmark = pytest.mark.usefixtures("standstill")


@pytest.mark.parametrize("seed", range(HOURS))
async def test_an_hour_on_bad_networks(folder: Path, seed: int) -> None:
    async with game_on(folder, 9000 + seed) as game:
        for name in ("ana", "ben"):
            await game.join(name, Weather(faults=0.2, outages=0.35, longest_outage=180))
        id = await game.begin()
        started = game.clock.monotonic()
        await game.play(id, 3600, pauses=(0.1, 4, 20, 60))
        assert game.clock.monotonic() - started >= 3600
        row = await game.peace(id)
        game.check(id, row)
        typed = [sentence for person in game.people for sentence in person.typed]
        assert len(typed) > 100
