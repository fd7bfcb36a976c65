"""Looking at a send while it runs: when it goes so wrong that a person must look, and how fast it is."""

from collections import deque

from contract.clock import Clock
from contract.delivery import DeliveryState

FIRST_MAILS = 100
REFUSED_OF_FIRST = 5
FAILURE_SHARE = 0.10
MIN_FOR_SHARE = 50


class Breaker:
    """Notices that a campaign goes wrong: refused content early, or failures of any kind later."""

    def __init__(self, ended: int = 0, refused: int = 0, bounced: int = 0) -> None:
        self._ended = ended
        self._refused = refused
        self._bounced = bounced

    def count(self, state: DeliveryState) -> str | None:
        """Count one end; the reason to stop, if there is one now."""
        if state not in (DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.BOUNCED):
            return None
        self._ended += 1
        self._refused += state is DeliveryState.FAILED
        self._bounced += state is DeliveryState.BOUNCED
        if self._ended <= FIRST_MAILS and self._refused > REFUSED_OF_FIRST:
            return "refused_content"
        failures = self._refused + self._bounced
        if self._ended >= MIN_FOR_SHARE and failures > FAILURE_SHARE * self._ended:
            return "too_many_failures"
        return None


class Meter:
    """Mails accepted per second, over the last few seconds."""

    def __init__(self, clock: Clock, window: float = 5.0) -> None:
        self._clock = clock
        self._window = window
        self._samples: deque[tuple[float, int]] = deque()
        self._began = clock.monotonic()

    def add(self, count: int) -> None:
        """Note that so many were accepted just now."""
        now = self._clock.monotonic()
        if not self._samples or self._samples[-1][0] < now - self._window:
            self._samples.clear()
            self._began = now
        self._samples.append((now, count))

    def per_second(self) -> float:
        """The mean over the window, or since the sending began if that is shorter."""
        now = self._clock.monotonic()
        while self._samples and self._samples[0][0] < now - self._window:
            self._samples.popleft()
        elapsed = min(self._window, max(1.0, now - self._began))
        return sum(count for _, count in self._samples) / elapsed


class Pace:
    """Mails per second from totals that were seen now and then, where another process does the sending."""

    def __init__(self, clock: Clock, window: float = 10.0) -> None:
        self._clock = clock
        self._window = window
        self._seen: deque[tuple[float, int]] = deque()

    def saw(self, total: int) -> float:
        """Note a total; the mean since the oldest one in the window. 0 until a second has passed."""
        now = self._clock.monotonic()
        while self._seen and self._seen[0][0] < now - self._window:
            self._seen.popleft()
        self._seen.append((now, total))
        began, first = self._seen[0]
        return max(0.0, (total - first) / (now - began)) if now - began >= 1.0 else 0.0
