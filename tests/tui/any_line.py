"""The line to the server, on which answers take their time."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from textual.worker import active_worker

from tui.memory import World
from tui.screens.in_sight import stands


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
