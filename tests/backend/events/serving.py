"""A real uvicorn on a Unix socket, in this process: streams need a wire that does not collect them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import uvicorn
from litestar import Litestar

from backend.sockets import bind_unix


@asynccontextmanager
async def served(app: Litestar, path: Path) -> AsyncIterator[uvicorn.Server]:
    """The application on the socket; its lifespan is someone else's."""
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext
    listener = bind_unix(path)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield server
    finally:
        app.state.parts.pokes.close()
        server.should_exit = True
        await task
        listener.close()


async def eventually(condition: Callable[[], bool]) -> None:
    """Another task is about to make it true."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")
