"""Somebody who presses anything at any moment, before a server that answers when it likes.

A game is a list of steps, each a plain value: it can be printed, played again, and played without some of
them. Which step comes next is thrown with the dice of a seed and looks at what can be pressed; what a step
does depends on nothing but the step.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import traceback
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

from textual import events
from textual.geometry import Size
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.worker import active_worker

from contract.clock import ManualClock
from localstore.records import DocKind, DocState, MassDeletion
from tests.tui.driver import Person, opened
from tests.tui.stillness import still
from tui.editing.session import DraftSession
from tui.goto import DEEDS, FILTERS, PLACES
from tui.memory import World, lifelike_world
from tui.screens.block_place import BlockPlace
from tui.screens.in_sight import stands
from tui.screens.place import Place
from tui.widgets.breadcrumbs import BreadcrumbPortal
from tui.widgets.field_row import FieldRow

STILL = -1
"""Turns of the event loop after a key: as many as it takes."""
_NOT_OFTEN = {"ctrl+q", "ctrl+c", "question_mark", "f1", "minus", "escape"}
"""They end the game, or lead away from where something may happen."""
_MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab")
_ANYTHING = (*_MOVES, "enter", "enter", "enter", "escape", "space", "backspace", "y", "n", "f1", "minus")
_PASTED = {
    "control": "a\x00b\x1b[2Jc\x07d\x9be\x7f\r\nf\tg",
    "rtl": "שלום עולם \u202eabc\u202c مرحبا",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈e\u0301\u200b\ufeff🇵🇹",
    "long": "word " * 2_000,
    "markup": "[/][bold]{{ name | }}[@click=app.quit]x[/] {% if %} \\[",
    "lines": "one\ntwo\n\nthree",
}
_LINES = (
    *PLACES,
    *(deed for deed in DEEDS if deed != "quit"),
    *(
        f"{place} {key}={value}"
        for place, known in FILTERS.items()
        for key, of in known.items()
        for value in of
    ),
    "contacts ana",
    "campaigns status=",
    "nonsense [/]",
    "",
)
_WAYS = (
    *("1 enter", "1 enter enter", "1 enter tab", "1 enter f9", "1 enter f9 t", "1 enter f9 c", "1 enter V"),
    *("1 r", "1 d", "1 H", "1 t", "1 enter T", "1 enter a", "1 enter f5", "1 enter c", "1 enter f3"),
    *("2 enter", "2 enter f3", "2 enter f3 f4", "4 enter", "4 enter enter", "4 enter enter enter"),
    *("4 enter S", "4 enter t", "4 enter f9", "4 enter V", "4 enter P", "4 r", "4 e", "4 d"),
    *("5 enter", "5 t", "5 enter slash", "7 enter", "7 n", "7 d", "7 d n", "8 n", "9 enter"),
    *("ctrl+g", "1 enter ctrl+g", "1 enter f7 enter", "colon h i s enter", "colon s y n c enter"),
    "colon s i g n i n enter",
)
"""Keys to the places that are many steps away."""
_SIZES = ((20, 5), (200, 60), (80, 24), (120, 40), (40, 10), (160, 45), (89, 12))
_LETTERS = "abdehjklmnoprstuvxyDGHJKMRSTUVX0123456789[]{}/?.,:-"
_UNWANTED = {"u", "r", "ctrl+z", "ctrl+y", "ctrl+r", "y"}
"""Keys that may take back what was typed, or say yes to losing it."""
_HARMLESS = {*_MOVES, "enter", "escape", "space", *(f"f{n}" for n in range(1, 10))}
_CHOOSING = {"conflict", "hold", "history", "versions", "sync"}
"""Places where one text is put in the place of another."""


@dataclass(frozen=True)
class Step:
    """`what` depends on `does`; `turns` of the event loop follow it."""

    does: str
    what: Any = None
    turns: int = STILL


class Line:
    """Between the person and every service: with `slow`, answers wait until they are let through.

    What the answer is was settled before it set off for every second one. A screen that was left may get its
    answer before its workers are told to stop: then they go on.
    """

    def __init__(self, world: World) -> None:
        self.slow = False
        self.waiting: list[asyncio.Future[None]] = []
        self._asked = 0
        for one in fields(world):
            service = getattr(world, one.name)
            for name, call in inspect.getmembers(service, inspect.iscoroutinefunction):
                if not name.startswith("_"):
                    setattr(service, name, self._through(call, here=one.name in ("drafts", "hub")))

    def let_through(self, how_many: int, *, newest: bool = False) -> None:
        for _ in range(min(how_many, len(self.waiting))):
            answer = self.waiting.pop(-1 if newest else 0)
            if not answer.done():
                answer.set_result(None)

    def _through(self, call: Callable[..., Any], *, here: bool) -> Callable[..., Any]:
        async def asked(*args: Any, **kwargs: Any) -> Any:
            self._asked += 1
            if here:  # the disk takes a moment too
                await asyncio.sleep(0)
            elif self.slow and self._asked % 2:
                await self._wait()
            try:
                return await call(*args, **kwargs)
            finally:
                if self.slow and not here and not self._asked % 2:
                    await self._wait()

        return asked

    async def _wait(self) -> None:
        arrived: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(arrived)
        try:
            await arrived
        except asyncio.CancelledError:
            worker = active_worker.get(None)
            if worker is None or _stands(worker.node):
                raise


def _stands(node: Any) -> bool:
    """Whether its screen is still there: then stopping a worker is stopping it."""
    return bool(node.is_attached and (node is node.app or stands(node.screen)))


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
        self.app.post_message(events.Paste(_PASTED[name]))

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
        _OTHERS[how[0]](self.world, how[1])
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


def writable(app: Any) -> bool:
    """Whether what is typed now goes into a mail."""
    place, field = app.place, app.focused
    return (
        isinstance(place, BlockPlace)
        and app.screen is place
        and not place.session.read_only
        and isinstance(field, Input | TextArea)
        and _of_the_mail(field)
    )


def _said(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


def _text(field: Input | TextArea) -> str:
    return field.text if isinstance(field, TextArea) else field.value


def _of_the_mail(field: Widget) -> bool:
    """Fields that take any words."""
    rows = [row for row in field.ancestors if isinstance(row, FieldRow)]
    return field.id in ("subject", "preheader") or any(row.spec.kind in ("prose", "line") for row in rows)


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


def _documents(world: World, kind: DocKind | None = None) -> list[Any]:
    return [draft for draft in world.drafts.all() if kind in (None, draft.kind)]


def _one(world: World, number: int, kind: DocKind | None = None) -> Any:
    found = _documents(world, kind)
    return found[number % len(found)] if found else None


def _lock(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.hub.locked ^= {draft.id}


def _status(world: World, number: int) -> None:
    if draft := _one(world, number, DocKind.CAMPAIGN):
        statuses = ("DRAFT", "SCHEDULED", "SENDING", "PAUSED", "SENT", "CANCELLED")
        world.drafts.set_facts(draft.kind, draft.id, status=statuses[number % len(statuses)])


def _rewrite(world: World, number: int) -> None:
    """Somebody else takes most of it away; only what was not being written here comes in."""
    draft = _one(world, number)
    if draft is None or draft.state.dirty or draft.state.hold:
        return
    content = json.loads(json.dumps(draft.content)) | {"name": f"Theirs [/] {number}"}
    if blocks := (content.get("contentJson") or {}).get("blocks"):
        del blocks[number % len(blocks) :]
    if "steps" in content:
        del content["steps"][number % 3 :]
    world.drafts.put(draft.kind, draft.id, content, draft.facts)


def _dispute(world: World, number: int) -> None:
    if draft := _one(world, number):
        base = json.loads(json.dumps(draft.content))
        theirs = base | {"name": f"Theirs {number}"}
        world.drafts.put_in_conflict(
            draft.kind, draft.id, theirs, "Someone changed this.", base if number % 2 else None
        )
        mine = draft.content | {"name": "Mine"}
        world.drafts._drafts[draft.kind, draft.id] = replace(
            world.drafts._drafts[draft.kind, draft.id], content=mine
        )


def _reject(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.drafts.reject(draft.kind, draft.id, "the [/] server does not take it")


def _delete(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.drafts._drafts[draft.kind, draft.id] = replace(draft, deleted=True)


def _settle(world: World, number: int) -> None:
    """Another window ended what asked."""
    if draft := _one(world, number):
        world.drafts.put(draft.kind, draft.id, draft.content, draft.facts, DocState())


def _keep(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.drafts.keep(draft.kind, draft.id, "replaced", draft.content, 1_772_000_000.0 + number)


def _forget(world: World, number: int) -> None:
    """On the server most of something is gone."""
    lists = (
        world.contacts.everyone,
        world.accounts.all,
        world.accounts.signed,
        world.suppressions.all,
        world.mailbox.mails,
        world.drafts.kept_texts,
    )
    rows: list[Any] = lists[number % len(lists)]  # type: ignore[assignment]
    del rows[number % 3 :]


def _shelve(world: World, number: int) -> None:
    for shelf in (world.templates, world.snippets):
        if shelf.kept:
            shelf.kept.clear()
        elif draft := _one(world, number, DocKind.CAMPAIGN):
            from localstore.records import SavedMail

            shelf.kept["1"] = SavedMail("1", "Kept [/]", draft.content.get("contentJson") or {})


def _ask_deletion(world: World, number: int) -> None:
    world.sync.deletion = None if world.sync.deletion else MassDeletion(number, 100)


def _team(world: World, number: int) -> None:
    world.hub.server = "" if number % 2 else "https://team.example"
    world.sync.left = "kept" if number % 3 else None


_OTHERS: dict[str, Callable[[World, int], None]] = {
    "lock": _lock,
    "status": _status,
    "rewrite": _rewrite,
    "dispute": _dispute,
    "reject": _reject,
    "delete": _delete,
    "settle": _settle,
    "keep": _keep,
    "forget": _forget,
    "shelve": _shelve,
    "ask_deletion": _ask_deletion,
    "team": _team,
}


class Dice:
    """Throws the next step."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self._letter = 0xAC00

    def next(self, game: Game) -> Step:
        if not game.taken:
            return Step("slow", self._dice.random() < 0.6)
        if len(game.taken) == 1:
            return self._way(game)
        kinds = {
            self._burst: 50,
            self._line: 3,
            self._way: 6,
            self._glance: 8,
            self._write: 14,
            self._weather: 12,
            self._surroundings: 12,
        }
        return self._dice.choices(list(kinds), list(kinds.values()))[0](game)

    def _turns(self) -> int:
        return self._dice.choice((0, 0, 1, 2, 3, 5, 8, 13, STILL, STILL, STILL, STILL))

    def _keys(self, game: Game) -> Iterable[str]:
        app = game.app
        unwanted = _NOT_OFTEN if isinstance(app.screen, Place) and app.place.SCOPE else {"ctrl+q", "ctrl+c"}
        bound = [key for key in app.screen.active_bindings if key not in unwanted]
        for _ in range(self._dice.choice((1, 1, 1, 2, 3, 5))):
            pool = self._dice.choices((bound or _MOVES, _ANYTHING, _LETTERS), (5, 4, 1))[0]
            yield self._dice.choice(pool)

    def _way(self, _: Game) -> Step:
        between = self._dice.choice((0, 2, STILL, STILL))
        keys = [*["escape"] * self._dice.randrange(3), *self._dice.choice(_WAYS).split()]
        return Step("press", [(key, between) for key in keys], self._turns())

    def _glance(self, game: Game) -> Step:
        """Open something, say yes to something, and leave at once."""
        ways = [*self._keys(game)], ["tab", "enter"], ["enter"], self._dice.choice(_WAYS).split()
        keys = [*self._dice.choice(ways), *["escape"] * self._dice.choice((1, 1, 2))]
        return Step("press", [(key, self._turns()) for key in keys], self._turns())

    def _burst(self, game: Game) -> Step:
        return Step("press", [(key, self._turns()) for key in self._keys(game)], self._turns())

    def _line(self, _: Game) -> Step:
        line = self._dice.choice(_LINES)
        keys = ["colon", *line, self._dice.choice(("enter", "enter", "enter", "escape"))]
        between = self._dice.choice((0, 0, 2, STILL))
        return Step("press", [(key, between) for key in keys], self._turns())

    def _write(self, game: Game) -> Step:
        if self._dice.random() < 0.2:
            return Step("paste", self._dice.choice(list(_PASTED)), self._turns())
        if not writable(game.app) and isinstance(game.app.screen, BlockPlace) and self._dice.random() < 0.7:
            return Step("press", [(self._dice.choice(("enter", "tab", "tab", "end", "down")), STILL)])
        begin, self._letter = self._letter, self._letter + 6
        return Step("write", "".join(map(chr, range(begin, begin + 6))))

    def _weather(self, _: Game) -> Step:
        dice = self._dice
        what = dice.choice(("server", "slow", "slow", "answers", "answers", "disk"))
        value = {
            "server": dice.choice(("fine", "fine", "offline", "refuse", "signed_out")),
            "slow": dice.random() < 0.7,
            "answers": (dice.choice((1, 1, 2, 9)), dice.random() < 0.5),
            "disk": dice.random() < 0.4,
        }[what]
        return Step(what, value, self._turns())

    def _surroundings(self, _: Game) -> Step:
        dice = self._dice
        what = dice.choice(("others", "others", "resize", "clock", "timers", "impatience"))
        value = {
            "others": (dice.choice(list(_OTHERS)), dice.randrange(60)),
            "resize": dice.choice(_SIZES),
            "clock": dice.choice((0.2, 0.5, 1.0, 5.0, 61.0, 4_000.0)),
        }.get(what)
        return Step(what, value, self._turns())


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
