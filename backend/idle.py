"""Ending the embedded backend when nobody needs it any more."""

from collections.abc import Awaitable, Callable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from contract.clock import Clock


class Activity:
    """Wraps the application and remembers when it was last used."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._open = 0
        self._last_used: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1
            self._last_used = self._clock.monotonic()

    def idle_for(self) -> float:
        """Seconds since the last request ended; 0 while one runs."""
        if self._last_used is None:
            self._last_used = self._clock.monotonic()
        return 0.0 if self._open else self._clock.monotonic() - self._last_used


async def wait_until_idle(
    activity: Activity, busy: Callable[[], Awaitable[bool]], clock: Clock, seconds: float
) -> None:
    """Return once there was no request for `seconds` and nothing waits to be sent."""
    while activity.idle_for() < seconds or await busy():
        await clock.sleep(max(0.05, min(seconds / 4, 5.0)))
