"""Waking workers and spreading work: a port, because on PostgreSQL a queue of jobs does it.

A job is a hint and may be lost, repeated or late: what is due stands in the tables.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Handler = Callable[[str], Awaitable[None]]
"""Does what is due for a key; it looks into the tables and loops until there is no work."""


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """`waiting` and `running`: jobs as `name:key`."""

    running: tuple[str, ...]
    waiting: tuple[str, ...]
    stopping: bool


class Engine(Protocol):
    """Runs named handlers."""

    def enqueue(self, name: str, key: str = "", at: datetime | None = None) -> None:
        """Run the handler for this key soon, or at a moment. A key runs once at a time; a hint that comes
        while it runs makes it run again.
        """

    def schedule(self, name: str, every_seconds: float) -> None:
        """Run the handler again and again."""

    async def run(self, handlers: Mapping[str, Handler]) -> None:
        """Work until `stop`."""

    async def stop(self, seconds: float) -> None:
        """Take no more jobs; give those that run so many seconds to end, then cancel them."""

    def status(self) -> EngineStatus:
        """What it is doing."""
