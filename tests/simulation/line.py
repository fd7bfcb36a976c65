"""A line between one client and the server that fails in every way a line can."""

from dataclasses import dataclass, field
from random import Random

import httpx

from tests.simulation.virtual import VirtualClock

FAULTS = (
    "request lost",
    "answer lost",
    "answer cut",
    "bad gateway",
    "doubled",
    "late",
    "very late",
)


@dataclass
class Weather:
    """How bad it is: shares of requests that fail, and of the time in which nothing gets through."""

    faults: float = 0.25
    outages: float = 0.2
    longest_outage: float = 40.0


@dataclass
class BadLine(httpx.AsyncBaseTransport):
    """`log` is the trace of a game; `healed` ends all faults."""

    inner: httpx.AsyncBaseTransport
    clock: VirtualClock
    dice: Random
    weather: Weather
    log: list[tuple[float, str, str]] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    healed: bool = False
    _up_until: float = 0.0
    _down_until: float = 0.0

    def _down(self) -> bool:
        now = self.clock.monotonic()
        if now >= self._up_until and now >= self._down_until:
            share = self.weather.outages
            outage = self.dice.uniform(0, self.weather.longest_outage) if share else 0.0
            self._down_until = now + outage
            self._up_until = self._down_until + (outage * (1 - share) / share if share else 1e9)
        return now < self._down_until

    def _note(self, request: httpx.Request, what: object) -> None:
        path = request.url.path.split("/")
        self.log.append((round(self.clock.monotonic(), 3), f"{request.method} {path[2]}", str(what)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fault = None
        if not self.healed:
            if self._down():
                self._note(request, "refused")
                raise httpx.ConnectError("refused", request=request)
            if self.dice.random() < self.weather.faults:
                fault = self.dice.choice(FAULTS)
                self.faults.add(fault)
        answer = await self._through(request, fault)
        self._note(request, answer.status_code if fault is None else fault)
        return answer

    async def _through(self, request: httpx.Request, fault: str | None) -> httpx.Response:
        await self.clock.sleep(self.dice.uniform(0.005, 0.2))
        if fault == "request lost":
            raise httpx.WriteError("cut on the way out", request=request)
        if fault == "doubled":
            await (await self.inner.handle_async_request(_again(request))).aread()
        answer = await self.inner.handle_async_request(_again(request))
        await answer.aread()
        match fault:
            case "answer lost":
                await self.clock.sleep(20.0)
                raise httpx.ReadTimeout("no answer", request=request)
            case "answer cut":
                return httpx.Response(answer.status_code, content=answer.content[: len(answer.content) // 2])
            case "bad gateway":
                return httpx.Response(502, content=b"<html>Bad gateway</html>")
            case "late" | "very late":
                await self.clock.sleep(self.dice.uniform(1, 6 if fault == "late" else 19))
        return answer


def _again(request: httpx.Request) -> httpx.Request:
    return httpx.Request(
        request.method, request.url, headers=request.headers, content=request.content, extensions={}
    )
