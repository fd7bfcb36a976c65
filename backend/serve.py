"""Running the application as a process: socket, start, the line `ready`, and a graceful end."""

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from socket import socket

import uvicorn
from litestar import Litestar

from backend.app import BOOTSTRAP_FILE, build_app
from backend.assembly import Options, assemble
from backend.auth.passwords import Passwords
from backend.begin import begin
from backend.db.schema import prepare_database
from backend.first_start import ensure_bootstrap_token, ensure_organisation
from backend.folder_lock import locked_folder
from backend.idle import Activity, wait_until_idle
from backend.parts import Parts
from backend.ports import Delivery
from backend.settings import Settings
from backend.sockets import address_of, bind_tcp, bind_unix
from backend.write_limit import WriteLimit
from contract.clock import Clock, SystemClock

DRAIN_SECONDS = 10
DEMO_HORIZON = timedelta(minutes=10)
"""A demo always has something scheduled for next week; nobody wants its process until then."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """`idle_exit`: seconds without requests after which it ends; None = never."""

    host: str
    port: int
    uds: Path | None
    idle_exit: float | None
    assembly: Options

    @property
    def embedded(self) -> bool:
        """Started by a client for one person, who is then signed in without a password."""
        return self.uds is not None or self.idle_exit is not None


class _Server(uvicorn.Server):
    """Says when it is ready; signals are ours, because uvicorn would raise them again at the end."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self.capture_signals = nullcontext  # type: ignore[method-assign, assignment]

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _busy(delivery: Delivery, clock: Clock, *, demo: bool) -> Callable[[], Awaitable[bool]]:
    """What keeps an unused backend alive: anything that waits; in a demo only what is due soon."""

    async def busy() -> bool:
        return await delivery.busy(clock.now() + DEMO_HORIZON if demo else None)

    return busy


@asynccontextmanager
async def _stopping_on_signals(stop: Callable[[], None]) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stop)
    yield


async def _prepare(parts: Parts, options: ServeOptions, clock: Clock) -> None:
    """What must be right before anything listens; its errors are sentences for the person."""
    await prepare_database(parts.database.engine)
    if options.embedded or options.assembly.demo:
        await ensure_organisation(parts.database, Passwords(), clock, demo=options.assembly.demo)
        ensure_bootstrap_token(parts.settings.data_dir / BOOTSTRAP_FILE)


async def run(settings: Settings, options: ServeOptions, clock: Clock) -> None:
    """Serve until a signal comes or nobody needs it. Raises what `__main__` turns into sentences."""
    make_ports, background = assemble(options.assembly)
    limit = None if options.embedded else WriteLimit(clock)
    app = build_app(settings, clock, make_ports=make_ports, background=background, write_limit=limit)
    await _prepare(app.state.parts, options, clock)
    listener = bind_unix(options.uds) if options.uds else bind_tcp(options.host, options.port)
    try:
        await _serve(app, listener, options, clock)
    finally:
        listener.close()
        if options.uds:
            options.uds.unlink(missing_ok=True)


async def _serve(app: Litestar, listener: socket, options: ServeOptions, clock: Clock) -> None:
    activity = Activity(app, clock)
    config = uvicorn.Config(
        activity,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    address = address_of(listener)
    server = _Server(config, lambda: print(f"ready {address}", flush=True))  # noqa: T201

    def stop() -> None:
        app.state.parts.pokes.close()
        server.should_exit = True

    async with _stopping_on_signals(stop):
        watch = None
        if options.idle_exit is not None:
            busy = _busy(app.state.ports.delivery, clock, demo=options.assembly.demo)
            waiting = wait_until_idle(activity, busy, clock, options.idle_exit)
            watch = asyncio.create_task(waiting)
            watch.add_done_callback(lambda _: stop())
        await server.serve(sockets=[listener])
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
    if not server.started:
        sys.exit(1)


def main(options: argparse.Namespace) -> None:
    """`serve`."""
    settings = begin(options)
    serving = ServeOptions(
        host=options.host,
        port=options.port,
        uds=options.uds,
        idle_exit=options.idle_exit,
        assembly=Options(
            worker=not options.no_worker and not settings.on_postgresql,
            mailcatcher=options.mailcatcher,
            demo=options.demo,
        ),
    )
    with locked_folder(settings.data_dir):
        asyncio.run(run(settings, serving, SystemClock()))
