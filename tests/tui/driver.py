"""Drives the app in the person's words: presses, types, waits, sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from contract.clock import ManualClock
from tests.tui.stillness import still_and_painted
from tui.app import HandbillApp
from tui.memory import World
from tui.widgets.autosave_badge import AutosaveBadge
from tui.widgets.breadcrumbs import BreadcrumbPortal
from tui.widgets.hint_footer import HintFooter
from tui.widgets.paged_list import PagedList


class Person:
    """Somebody in front of the terminal."""

    def __init__(self, pilot: Pilot[None], app: HandbillApp, world: World) -> None:
        self.pilot, self.app, self.world = pilot, app, world

    async def settle(self) -> None:
        """Until everything that does not wait for the clock is done."""
        await still_and_painted(self.app)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def types(self, text: str) -> None:
        """Into the field that has the focus, as a paste would."""
        field = self.app.focused
        assert isinstance(field, Input | TextArea), f"the focus is on {field}"
        if isinstance(field, Input):
            field.value = text
        else:
            field.text = text
            field.move_cursor(field.document.end)
        await self.settle()

    async def pastes(self, text: str) -> None:
        """With the terminal's own key, wherever the focus is."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def goes(self, line: str) -> None:
        """By the prompt that `:` opens."""
        await self.press("colon")
        await self.types(line)
        await self.press("enter")

    async def waits(self, seconds: float) -> None:
        clock = self.world.hub.clock
        assert isinstance(clock, ManualClock)
        await clock.advance(seconds)
        await self.settle()

    @property
    def screen(self) -> str:
        """What is on the terminal, as text."""
        strips = self.app.screen._compositor.render_strips()
        behind = self.app.screen_stack[0]._compositor.render_strips() if self.app.screen.is_modal else []
        text = ["".join(segment.text for segment in line) for line in (*strips, *behind)]
        return "\n".join(line.rstrip() for line in text)

    def sees(self, *words: str) -> None:
        """Where words wrap is nobody's business."""
        flat = " ".join(self.screen.split())
        for word in words:
            assert word in self.screen or " ".join(word.split()) in flat, f"{word!r} is not in\n{self.screen}"

    def does_not_see(self, *words: str) -> None:
        for word in words:
            assert word not in " ".join(self.screen.split()), f"{word!r} is in\n{self.screen}"

    def was_told(self, words: str) -> None:
        """In a notification."""
        told = [notification.message for notification in self.app._notifications]
        assert any(words in message for message in told), f"{words!r} is not in {told}"

    def was_told_nothing(self) -> None:
        told = [notification.message for notification in self.app._notifications]
        assert not told, told

    @property
    def crumbs(self) -> tuple[str, ...]:
        place: Any = self.app.place
        return tuple(place.query_one(BreadcrumbPortal).crumbs)

    @property
    def badge(self) -> str:
        place: Any = self.app.place
        return str(place.query_one(AutosaveBadge).words)

    @property
    def hints(self) -> dict[str, bool]:
        """Titles in the hint line, and whether each can be done now."""
        place: Any = self.app.place
        return {hint.title: hint.enabled for hint in place.query_one(HintFooter)._hints}

    @property
    def list(self) -> PagedList:
        place: Any = self.app.place
        found: list[PagedList] = list(place.query(PagedList))
        return next((shown for shown in found if shown.display), found[0])

    @property
    def line(self) -> str:
        """The first cell of the line under the cursor."""
        row = self.list.row
        return row.cells[0] if row else ""

    async def moves_to(self, name: str) -> None:
        """Puts the cursor on the line that starts with a name."""
        at = next(
            (n for n in range(self.list.total) if (row := self.list.row_at(n)) and row.cells[0] == name), None
        )
        assert at is not None, f"no line {name!r} in\n{self.screen}"
        self.list.cursor = at
        await self.settle()


@asynccontextmanager
async def opened(world: World, size: tuple[int, int] = (80, 24), **options: Any) -> AsyncIterator[Person]:
    """The app over this world, with somebody in front of it."""
    app = HandbillApp(world.services, **options)
    async with app.run_test(size=size, notifications=True) as pilot:
        person = Person(pilot, app, world)
        await person.settle()
        yield person
