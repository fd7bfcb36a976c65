"""No order of keys, no moment of an answer and no size of the terminal ends the program or loses a character.

`HANDBILL_SEEDS` sets how many games are played.
"""

import os
import traceback
from pathlib import Path

import pytest

from tests.tui.any_keys import name_of, play, shortest

SEEDS = int(os.environ.get("HANDBILL_SEEDS", "2"))


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it shows in a browser or an editor is shown nowhere, and what it writes goes with the test."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("webbrowser.open", lambda *_, **__: True)
    monkeypatch.setenv("VISUAL", "true")
    monkeypatch.setenv("EDITOR", "true")


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_nothing_that_is_pressed_breaks_it(seed: int) -> None:
    steps, error = await play(seed=seed)
    if error is not None:
        needed = await shortest(steps, error)
        told = "\n".join(f"    {step}," for step in needed)
        trace = "".join(traceback.format_exception(error))
        pytest.fail(f"{trace}\nseed {seed}: {name_of(error)} with\n{told}", pytrace=False)
