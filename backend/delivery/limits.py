"""What slows sending down or stops it: rates, and breakers that call for a person."""

from collections import deque

from contract.clock import Clock
from contract.delivery import DeliveryState

FIRST_MAILS = 100
REFUSED_OF_FIRST = 5
FAILURE_SHARE = 0.10
MIN_FOR_SHARE = 50


class TokenBucket:
    """At most `rate` mails per second, evenly; 0 = no limit."""

    def __init__(self, rate: float, clock: Clock) -> None:
        self.rate = rate
        self._clock = clock
        self._next = clock.monotonic()

    async def take(self) -> None:
        """Return when one more mail may go. Callers are served in the order they asked."""
        if self.rate <= 0:
            return
        now = self._clock.monotonic()
        turn = max(self._next, now)
        self._next = turn + 1 / self.rate
        if turn > now:
            await self._clock.sleep(turn - now)


class Breaker:
    """Notices that a campaign goes wrong: refused content early, or failures of any kind later."""

    def __init__(self) -> None:
        self._ended = 0
        self._refused = 0
        self._bounced = 0

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
