"""Waiting until the app has nothing left to do, as the event loop sees it, and not drawing before.

Textual's own wait sleeps 20 ms at a time until the process takes little of the processor: most of a test's
time, and never sure on a busy machine. Here nothing is timed: the app is still when no task is ready to run
and no thread works for one, and its frames are drawn then. What waits for a clock is not waited for: the
person's clock is turned by hand. Style sheets, the same for every app, are parsed once.
"""

from __future__ import annotations

import asyncio
from asyncio.base_events import BaseEventLoop
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import pytest
from textual import app, pilot, screen
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

_TOO_LONG = 20_000
"""Turns of the event loop; the longest of our tests takes a few hundred to come to rest."""
_TOO_MANY_FRAMES = 100
_NEVER = 86_400.0
"""Seconds between frames that are drawn without being asked for."""

_in_threads: WeakSet[asyncio.Future[Any]] = WeakSet()


async def still(*_: object) -> None:
    """Takes the place of Textual's `wait_for_idle`."""
    loop: Any = asyncio.get_running_loop()
    at_rest = 0
    for _ in range(_TOO_LONG):
        await asyncio.sleep(0)
        if loop._ready:
            at_rest = 0
        elif working := [one for one in _in_threads if not one.done()]:
            await asyncio.wait(working)
            at_rest = 0
        else:
            at_rest += 1
            if at_rest == 2:  # between two the loop looks for timers that are due
                return
    raise AssertionError("the app never comes to rest: something calls itself again and again")


async def still_and_painted(shown: app.App[Any]) -> None:
    """And what is to be seen is there, without waiting for the next frame."""
    for _ in range(_TOO_MANY_FRAMES):
        await still()
        if not any(_owes_something(one) for one in shown.screen_stack):
            return
        for one in shown.screen_stack:
            one._on_timer_update()
    raise AssertionError("the app never comes to rest: each frame asks for another one")


def _owes_something(one: Screen[Any]) -> bool:
    """A screen that is behind another one keeps what it is to paint until it is in front."""
    if one._callbacks:
        return True
    owed = one._layout_required or one._scroll_required or one._repaint_required
    return one is one.app.screen and bool(owed or one._dirty_widgets or one._recompose_required)


_parse = Stylesheet._parse_rules
_parsed: dict[object, list[RuleSet]] = {}


def _parsed_once(self: Stylesheet, *args: Any, **kwargs: Any) -> list[RuleSet]:
    sheet = (args, frozenset(kwargs.items()), frozenset(self._variables.items()))
    if sheet not in _parsed:
        _parsed[sheet] = _parse(self, *args, **kwargs)
    return _parsed[sheet]


def _held_back(self: app.App[Any], delay: float = 0.05) -> None:
    """What Textual's `delay_update` does, until all has been done and not for that time."""
    del delay
    self._begin_batch()

    def show() -> None:
        self._end_batch()
        if not self._batch_count:
            self.screen.refresh()

    self.call_later(show)


@contextmanager
def nothing_timed() -> Iterator[None]:
    """Textual waits like this, and whoever is sent to a thread is known."""
    send = BaseEventLoop.run_in_executor

    def sent(self: BaseEventLoop, executor: Any, work: Any, *args: Any) -> Any:
        future = send(self, executor, work, *args)
        _in_threads.add(future)
        return future

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEventLoop, "run_in_executor", sent)
        patch.setattr(app.App, "delay_update", _held_back)
        patch.setattr(screen, "UPDATE_PERIOD", _NEVER)
        patch.setattr(Stylesheet, "_parse_rules", _parsed_once)
        for module in (app, pilot):
            patch.setattr(module, "wait_for_idle", still)
        yield
