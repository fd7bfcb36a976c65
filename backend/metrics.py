"""Counters for whoever operates a server, in Prometheus' text format.

A label is a route, a method or a status, never an organisation, a person or what was sent.
"""

from typing import Any

from litestar import Controller, Request, Response
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from backend.errors import to_problem
from backend.pokes import Pokes
from backend.routes import get
from contract.clock import Clock

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What one application counts."""

    def __init__(self, version: str, pokes: Pokes) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "handbill_requests", "Answers sent.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "handbill_request_seconds",
            "Time until an answer begins.",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        streams = Gauge("handbill_event_streams", "Clients that listen.", registry=self.registry)
        streams.set_function(lambda: len(pokes))
        build = Gauge("handbill_build_info", "This version.", ("version",), registry=self.registry)
        build.labels(version).set(1)
        ProcessCollector(namespace="handbill", registry=self.registry)


class Metering(ASGIMiddleware):
    """Counts every answer; stands outside of sign-in, so that refusals count too."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request = Request[Any, Any, Any](scope)
        began, method, route = self._clock.monotonic(), request.method, scope["path_template"]

        def count(status: int) -> None:
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(self._clock.monotonic() - began)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        try:
            await next_app(scope, receive, counted)
        except Exception as error:  # from a middleware: it is rendered further out
            count(to_problem(error, request).status)
            raise


class MetricsController(Controller):
    """Asked by a monitoring system, without a login: nothing in it is anyone's."""

    path = "/metrics"
    opt = {"public": True}
    tags = ["health"]

    @get(media_type="text/plain", summary="Counters in Prometheus' text format")
    async def show(self, state: State) -> Response[bytes]:
        return Response(generate_latest(state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
