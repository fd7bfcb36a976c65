"""The answer to scheduling names the time, though the campaign comes back from the server a moment later."""

import pytest

from tests.tui.composer_driver import writing
from tui.editing.session import DraftSession
from tui.memory import World


async def test_the_time_is_said_before_the_campaign_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DraftSession, "departure", lambda *_: "")
    async with writing(world) as (person, _):
        await person.press("f9", "t")
        await person.types("tomorrow 9")
        await person.press("enter")
        person.sees("Scheduled for tomorrow 09:00", "until tomorrow 09:00", "Stay here")
