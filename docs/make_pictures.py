"""Pictures of the real app for README and docs: `make pictures`.

The app runs on the in-memory services with a clock that stands still, so the pictures change only when the
app does.
"""

import asyncio
from pathlib import Path

from textual.pilot import Pilot

from tui.app import HandbillApp
from tui.memory.world import lifelike_world

FOLDER = Path(__file__).parent / "pictures"
SIZE = (132, 38)


async def _goto(pilot: Pilot[None], place: str) -> None:
    await pilot.press(":", *place, "enter")
    await pilot.pause(0.3)


async def _composer(pilot: Pilot[None]) -> None:
    await pilot.press("enter")
    await pilot.pause(0.8)
    await pilot.press("down", "enter")
    await pilot.pause(0.5)


async def _segment(pilot: Pilot[None]) -> None:
    await _goto(pilot, "segments")
    await pilot.press("enter")
    await pilot.pause(0.8)


async def _sequence(pilot: Pilot[None]) -> None:
    await _goto(pilot, "sequences")
    await pilot.press("enter")
    await pilot.pause(0.8)


async def _outbox(pilot: Pilot[None]) -> None:
    await _goto(pilot, "outbox")


async def _report(pilot: Pilot[None]) -> None:
    await _goto(pilot, "outbox")
    await pilot.press("t")
    await pilot.pause(0.5)


SCENES = {
    "composer": _composer,
    "segment": _segment,
    "sequence": _sequence,
    "outbox": _outbox,
    "report": _report,
}


async def take(name: str) -> Path:
    """One picture of a fresh app."""
    app = HandbillApp(lifelike_world().services)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.3)
        await SCENES[name](pilot)
        await pilot.pause()
        svg = app.export_screenshot(title="Handbill")
    path = FOLDER / f"{name}.svg"
    path.write_text(svg)
    return path


async def main() -> None:
    """All of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in SCENES:
        print(await take(name))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
