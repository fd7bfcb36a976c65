"""One key at a time: a key is handed on only when the one before it has done its work.

Textual forwards each key to whatever has the focus at that moment. A person who presses enter and types on
at once, or a line that stalls and then delivers ten keys together, would have the rest of a sentence taken
for commands of the list that was left. So keys wait in line until the widgets that had to do with the last
one are done, and the focus is where that one put it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.widget import Widget

LONGEST_WAIT = 1.0
"""Seconds: a handler that waits for something slow must not hold up the keyboard for ever."""
_ROUNDS = 2
"""A key becomes a message, and the message changes the focus: two passes through the queues."""


class OneKeyAtATime(App[None]):
    """An app whose keys arrive in order, each where the one before it left the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._keys_in_line: deque[events.Key | events.Paste] = deque()
        self._key_at_work: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)  # a key that nobody wanted comes back up to the app
            return
        self._keys_in_line.append(event)
        if self._key_at_work is None:
            await self._next_key()

    async def _next_key(self) -> None:
        """Hand on the first key in line; runs in the app's own queue."""
        self._key_at_work = None
        if not self._keys_in_line:
            return
        key = self._keys_in_line.popleft()
        target = self.focused or self.screen if self._screen_stack else None
        await super().on_event(key)
        if target is not None:
            self._key_at_work = asyncio.create_task(self._settled(target))

    async def _settled(self, target: Widget) -> None:
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                for _ in range(_ROUNDS):
                    for pump in (*target.ancestors_with_self, self.screen):
                        await self._caught_up(pump)
        except TimeoutError:
            pass
        self.call_later(self._next_key)

    async def _caught_up(self, pump: MessagePump) -> None:
        """Until a pump has worked off what is in its queue now."""
        done = asyncio.Event()
        if pump.is_running and pump.call_later(done.set):
            await done.wait()
