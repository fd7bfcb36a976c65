"""Somebody who presses anything at any moment, before a server that answers when it likes.

A game is a list of steps, each a plain value: it can be printed, played again, and played without some of
them. Which step comes next is thrown with the dice of a seed and looks at what can be pressed; what a step
does depends on nothing but the step.
"""

from __future__ import annotations

import asyncio
import json
import traceback
import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from textual import events
from textual.geometry import Size
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.timer import Timer
from textual.widgets import Input, TextArea

from contract.clock import ManualClock
from tests.tui.any_dice import MOVES, PASTED, STILL, Dice, Step, writable
from tests.tui.any_line import Line
from tests.tui.any_others import OTHERS
from tests.tui.driver import Person, opened
from tests.tui.stillness import still
from tui.editing.session import DraftSession
from tui.memory import World, lifelike_world
from tui.screens.place import Place
from tui.widgets.breadcrumbs import BreadcrumbPortal
from tui.widgets.field_row import FieldRow

_UNWANTED = {"u", "r", "ctrl+z", "ctrl+y", "ctrl+r", "y"}
"""Keys that may take back what was typed, or say yes to losing it."""
_HARMLESS = {*MOVES, "enter", "escape", "space", *(f"f{n}" for n in range(1, 10))}
_CHOOSING = {"conflict", "hold", "history", "versions", "sync"}
"""Places where one text is put in the place of another."""


class BrokenError(AssertionError):
    """What must always hold did not."""


@dataclass
class Game:
    """One person at one terminal. `typed` are characters that must still be somewhere."""

    person: Person
    line: Line
    taken: list[Step] = field(default_factory=list)
    typed: dict[str, str] = field(default_factory=dict)
    disk_was_full: bool = False
    mistakes: list[BaseException] = field(default_factory=list)

    @property
    def app(self) -> Any:
        return self.person.app

    @property
    def world(self) -> World:
        return self.person.world

    @property
    def over(self) -> bool:
        """The person quit, or it broke."""
        return self.app._exit or self.app._exception is not None

    async def take(self, step: Step) -> None:
        self.taken.append(step)
        await getattr(self, f"_{step.does}")(step.what)
        await self._let_pass(step.turns)

    async def _let_pass(self, turns: int) -> None:
        if turns == STILL and not self.over:
            await self.person.settle()
        for _ in range(turns):
            await asyncio.sleep(0)

    async def _press(self, keys: list[tuple[str, int]]) -> None:
        for key, turns in keys:
            self._may_take_back(key)
            self.app.post_message(key_event(key))
            await (still() if turns == STILL else self._let_pass(turns))

    def _may_take_back(self, key: str) -> None:
        scope = self.app.place.SCOPE if self.app.place else ""
        typing = isinstance(self.app.focused, Input | TextArea)
        letter = len(key) == 1 and key not in _UNWANTED
        if not (key in _HARMLESS or (letter and typing)) or scope in _CHOOSING or self.disk_was_full:
            self.typed.clear()

    async def _paste(self, name: str) -> None:
        self.typed.clear()
        self.app.post_message(events.Paste(PASTED[name]))

    async def _resize(self, size: tuple[int, int]) -> None:
        self.app._driver._size = Size(*size)
        self.app.post_message(events.Resize(Size(*size), Size(*size)))

    async def _server(self, how: str) -> None:
        hub = self.world.hub
        hub.offline, hub.signed_out = how == "offline", how == "signed_out"
        hub.refuse = "No: [/] it is “not” allowed." if how in ("refuse", "signed_out") else None
        hub.changed()

    async def _slow(self, slow: bool) -> None:
        self.line.slow = slow

    async def _answers(self, what: tuple[int, bool]) -> None:
        self.line.let_through(what[0], newest=what[1])

    async def _disk(self, full: bool) -> None:
        self.world.hub.not_saved = full
        self.disk_was_full = True
        self.world.hub.changed()

    async def _clock(self, seconds: float) -> None:
        clock = self.world.hub.clock
        assert isinstance(clock, ManualClock)
        await clock.advance(seconds)

    async def _impatience(self, _: None) -> None:
        """The second is over that a key waits for the one before it."""
        if self.app._key_at_work:
            self.app._key_at_work.cancel()
            self.app.call_later(self.app._next_key)

    async def _timers(self, _: None) -> None:
        """Every timer that runs is due."""
        pumps: list[Any] = [self.app]
        for screen in self.app.screen_stack:
            pumps += screen.walk_children(with_self=True)
        due = [timer for pump in pumps for timer in list(pump._timers) if timer._active.is_set()]
        for timer in sorted(due, key=_order):
            if timer._callback and (target := timer._target()):
                target.post_message(events.Timer(timer, time=0.0, count=0, callback=timer._callback))

    async def _others(self, how: tuple[str, int]) -> None:
        self.typed.clear()
        OTHERS[how[0]](self.world, how[1])
        self.world.hub.changed()

    async def _write(self, characters: str) -> None:
        """Into the field in sight, faster than anything is painted: nothing may be lost or change places."""
        if not self.over:
            await self.person.settle()
        if self.over or self.app._keys_in_line or self.app._key_at_work or not writable(self.app):
            return
        place, field = self.app.place, self.app.focused
        room = not isinstance(field, Input) or len(field.value) < 200
        start, end = field.selection
        before = len(_text(field)) if start == end else None
        for character in characters:
            self.app.post_message(key_event(character))
        await self.person.settle()
        if self.over or not room or self.app.focused is not field:
            return
        longer = before is None or len(_text(field)) == before + len(characters)
        if not longer or characters not in _text(field):
            raise BrokenError(f"{characters!r} was typed, and the field says {_text(field)[-300:]!r}")
        if not any(row.has_class("-wrong") for row in field.ancestors if isinstance(row, FieldRow)):
            self.typed |= dict.fromkeys(characters, place.session.id)

    def look(self) -> None:
        """What holds whenever the program is still."""
        if self.mistakes:
            raise self.mistakes[0]
        if self.app._exception is not None:
            raise self.app._exception
        if self.over:
            return
        for strip in self.app.screen._compositor.render_strips():
            assert strip is not None
        focused = self.app.focused
        if focused is not None and (not focused.is_attached or focused.screen is not self.app.screen):
            raise BrokenError(f"the focus is on {focused}, which is not there")
        self._crumbs()
        self._nothing_lost()

    def _crumbs(self) -> None:
        place = self.app.place
        if place is None or self.app.screen is not place:
            return
        stack = tuple(one.crumb for one in self.app.screen_stack if isinstance(one, Place))
        shown = tuple(place.query_one(BreadcrumbPortal).crumbs)
        if len(shown) != len(stack):
            raise BrokenError(f"the top line says {shown}, and one is at {stack}")

    def _nothing_lost(self) -> None:
        kept = {id: "".join(self._texts(id)) for id in set(self.typed.values())}
        lost = [character for character, id in self.typed.items() if character not in kept[id]]
        if lost:
            raise BrokenError(f"{''.join(lost)!r} was typed and is nowhere")

    def _texts(self, id: str) -> Iterator[str]:
        """What is durable of a document; where the disk refuses, what the program holds of it."""
        drafts = self.world.drafts
        for (kind, known), draft in drafts._drafts.items():
            if known == id:
                yield _said(draft.content)
                yield from (_said(one.content) for one in drafts.undo_line(kind, id).left.values())
        if self.disk_was_full:
            stacks = self.app._screen_stacks.values()
            found = [getattr(screen, "session", None) for stack in stacks for screen in stack]
            for session in (one for one in found if isinstance(one, DraftSession) and one.id == id):
                yield _said(session.content)
                yield from (_said(one.content) for one in session.history._left.values())


def _said(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


def _text(field: Input | TextArea) -> str:
    return field.text if isinstance(field, TextArea) else field.value


def _order(timer: Timer) -> tuple[float, str]:
    return timer._interval, timer.name


def key_event(key: str) -> events.Key:
    """As the terminal sends it."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    try:
        character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        character = {"enter": "\r", "tab": "\t", "escape": "\x1b", "space": " "}.get(key)
    return events.Key(key, character)


@asynccontextmanager
async def _game() -> AsyncIterator[Game]:
    world = lifelike_world(contacts=300)
    line = Line(world)
    loop = asyncio.get_running_loop()
    async with opened(world) as person:
        game = Game(person, line)
        loop.set_exception_handler(lambda _, about: game.mistakes.append(_mistake(about)))
        try:
            yield game
        finally:
            line.slow = False
            line.let_through(len(line.waiting))


def _mistake(about: dict[str, Any]) -> BaseException:
    return about.get("exception") or BrokenError(about["message"])


async def play(
    steps: Iterable[Step] | None = None, *, seed: int = 0, length: int = 60
) -> tuple[list[Step], BaseException | None]:
    """Play these steps, or so many thrown by a seed: what was done, and what broke."""
    taken: list[Step] = []
    dice = Dice(seed)
    try:
        async with _game() as game:
            taken = game.taken
            coming = iter(steps) if steps is not None else None
            for _ in range(length if coming is None else 1_000_000):
                step = dice.next(game) if coming is None else next(coming, None)
                if step is None or game.over:
                    break
                await game.take(step)
                if step.turns == STILL:
                    game.look()
            game.line.slow = False
            game.line.let_through(len(game.line.waiting))
            await still()
            game.look()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what was looked for
        return taken, error
    finally:
        asyncio.get_running_loop().set_exception_handler(None)
    return taken, None


def name_of(error: BaseException) -> str:
    """Where it broke in the product: the same name is the same mistake."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/tui/" in frame.filename]
    own = [frame for frame in frames if "/tests/" not in frame.filename and "textual" not in frame.filename]
    where = f"{own[-1].filename.rpartition('/')[2]}:{own[-1].name}" if own else "-"
    return f"{type(error).__name__} {where}"


async def shortest(steps: list[Step], error: BaseException, tries: int = 60) -> list[Step]:
    """Without every step that the mistake does not need."""
    size = max(1, len(steps) // 2)
    while size and tries:
        at = 0
        while at < len(steps) and tries:
            tries -= 1
            fewer = steps[:at] + steps[at + size :]
            _, again = await play(fewer)
            if again is not None and name_of(again) == name_of(error):
                steps = fewer
            else:
                at += size
        size //= 2
    return steps
