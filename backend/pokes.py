"""Waking whoever listens for an organisation's changes, within this process.

Other processes write too; so a listener also looks for itself now and then (backend/events/stream.py).
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Pokes:
    """Listeners by organisation. After `close` each of them should end."""

    def __init__(self) -> None:
        self._listeners: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self.closed = False

    def __len__(self) -> int:
        return sum(map(len, self._listeners.values()))

    def listeners(self, org_id: int) -> int:
        """How many listen for this organisation."""
        return len(self._listeners.get(org_id, ()))

    @contextmanager
    def listening(self, org_id: int) -> Iterator[asyncio.Event]:
        """An event that is set when there may be something new."""
        poked = asyncio.Event()
        self._listeners[org_id].add(poked)
        try:
            yield poked
        finally:
            self._listeners[org_id].discard(poked)
            if not self._listeners[org_id]:
                del self._listeners[org_id]

    def poke(self, org_id: int) -> None:
        """Something was committed."""
        for poked in self._listeners.get(org_id, ()):
            poked.set()

    def close(self) -> None:
        """The process ends: open streams would keep it."""
        self.closed = True
        for listeners in self._listeners.values():
            for poked in listeners:
                poked.set()
