"""When a document is pushed. Pure functions of times; the clock is someone else's."""

from dataclasses import dataclass
from random import Random

IDLE_SECONDS = 1.0
"""Autosave waits this long after the last edit ..."""
LONGEST_SECONDS = 5.0
"""... but never longer than this while typing goes on."""
BACKOFF_CAP_SECONDS = 60.0
PULL_SECONDS = 30.0
PUSHES_AT_ONCE = 4
UNDO_SECONDS = 10.0
"""How long a deletion here can be taken back before it leaves."""


@dataclass(slots=True)
class Typing:
    """When a document was first and last edited since its last push, in monotonic seconds."""

    first: float
    last: float

    @property
    def due(self) -> float:
        return min(self.last + IDLE_SECONDS, self.first + LONGEST_SECONDS)


def backoff(attempts: int, random: Random) -> float:
    """Seconds until the next attempt: full jitter, so that clients do not come back all at once."""
    return random.uniform(0, min(BACKOFF_CAP_SECONDS, 2.0 ** min(attempts, 10)))
