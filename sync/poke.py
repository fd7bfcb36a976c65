"""Listening for "something changed", so that a colleague's edit shows at once and not at the next pull.

Never needed: without it everything arrives a little later. It says nothing of the connection either; the
engine finds that out by itself.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from random import Random

from contract.clock import Clock
from contract.problems import MissingError, ProblemError
from sync.api import Api, place_of
from sync.schedule import PULL_SECONDS, backoff
from sync.wire_errors import TransportError

PATH = "/api/events"
PAUSE = 0.5


class PokeListener:
    """Calls `poked` when the server is at a place that this computer has not seen."""

    def __init__(self, api: Api, clock: Clock, random: Random, poked: Callable[[], None]) -> None:
        self._api = api
        self._clock = clock
        self._random = random
        self._poked = poked
        self._failures = 0

    async def run(self) -> None:
        """Until cancelled, or the server turns out to be one that has no events."""
        while True:
            try:
                await self._listen()
            except MissingError:
                return
            except (TransportError, ProblemError):
                self._failures += 1
            pause = min(backoff(self._failures, self._random), PULL_SECONDS) if self._failures else 0.0
            await self._clock.sleep(PAUSE + pause)

    async def _listen(self) -> None:
        async with aclosing(self._places()) as places:
            async for place in places:
                self._failures = 0
                if place > place_of(self._api.witness or ""):
                    self._poked()

    async def _places(self) -> AsyncGenerator[int]:
        async with aclosing(self._api.lines(PATH)) as lines:
            async for line in lines:
                name, _, value = line.partition(":")
                if name == "data":
                    yield place_of(value.strip())
