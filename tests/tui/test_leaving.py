"""Who leaves a screen while the server is asked leaves it for good: an answer too late is no mistake."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from tests.tui.composer_driver import writing
from tui.memory import World


def answers_too_late(monkeypatch: pytest.MonkeyPatch, service: object, name: str) -> list[str]:
    """Its answer comes in the moment in which the screen that asked is taken down.

    A worker is cancelled after its screen's widgets are gone; this one goes on. The list says that it did.
    """
    real = getattr(service, name)
    came: list[str] = []

    async def late(*args: Any, **kwargs: Any) -> Any:
        answer = await real(*args, **kwargs)
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        came.append(name)
        return answer

    monkeypatch.setattr(service, name, late)
    return came


@pytest.mark.parametrize(
    ("service", "name", "keys"),
    [
        ("rules", "show", "f9 t escape"),
        ("contacts", "page", "w escape"),
        ("templates", "list", "escape escape t escape"),
        ("templates", "list", "T a enter escape"),
        ("sending", "act", "f9 S tab enter u s"),
        ("sending", "funnel", "f9 escape"),
        ("accounts", "list", "escape escape 7 1"),
    ],
)
async def test_an_answer_for_a_screen_that_was_left_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, service: str, name: str, keys: str
) -> None:
    came = answers_too_late(monkeypatch, getattr(world, service), name)
    async with writing(world) as (person, _):
        await person.press(*keys.split())
        person.sees("Spring offer")
    assert came
