"""No order of keys, no moment of an answer and no size of the terminal ends the program or loses a character.

`HANDBILL_SEEDS` sets how many games are played.
"""

import os
import traceback

import pytest

from tests.tui.any_keys import name_of, play, shortest

SEEDS = int(os.environ.get("HANDBILL_SEEDS", "2"))


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_nothing_that_is_pressed_breaks_it(seed: int) -> None:
    steps, error = await play(seed=seed)
    if error is not None:
        needed = await shortest(steps, error)
        told = "\n".join(f"    {step}," for step in needed)
        trace = "".join(traceback.format_exception(error))
        pytest.fail(f"{trace}\nseed {seed}: {name_of(error)} with\n{told}", pytrace=False)
