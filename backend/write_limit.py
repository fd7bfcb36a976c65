"""How fast one organisation may write, so that a script gone wild does not take the server from others."""

from contract.clock import Clock
from contract.problems import ThrottledError

PER_SECOND = 50.0
BURST = 500.0


class WriteLimit:
    """A token bucket for each organisation, in this process."""

    def __init__(self, clock: Clock, per_second: float = PER_SECOND, burst: float = BURST) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = burst
        self._buckets: dict[int, tuple[float, float]] = {}

    def take(self, org_id: int) -> None:
        """Raise `ThrottledError`, with the time to wait, when the bucket is empty."""
        now = self._clock.monotonic()
        level, filled_at = self._buckets.get(org_id, (self._burst, now))
        level = min(self._burst, level + (now - filled_at) * self._per_second)
        if level < 1:
            self._buckets[org_id] = (level, now)
            raise ThrottledError(retry_after=(1 - level) / self._per_second)
        self._buckets[org_id] = (level - 1, now)
