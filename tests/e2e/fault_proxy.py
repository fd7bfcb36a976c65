"""A proxy between client and backend that does to bytes what bad networks do."""

import asyncio
import contextlib
import random
import threading
from pathlib import Path

TOXICS = (
    "reset", "swallowed", "request cut", "answer lost", "answer cut", "slow", "half open", "doubled",
)  # fmt: skip


class FaultProxy:
    """Listens on TCP, speaks to a Unix socket. `share` of the connections are poisoned."""

    def __init__(self, upstream: Path, seed: int) -> None:
        self._upstream = str(upstream)
        self._dice = random.Random(seed)
        self.share = 0.5
        self.met: set[str] = set()
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        toxic = self._dice.choice(TOXICS) if self._dice.random() < self.share else None
        if toxic:
            self.met.add(toxic)
        try:
            await self._through(reader, writer, toxic)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if toxic else writer.close()

    async def _through(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, toxic: str | None
    ) -> None:
        """One request and its answer; the connection is then closed, so that each meets its own weather."""
        if toxic == "reset":
            return
        request = await _message(reader)
        if toxic == "swallowed":
            return
        if toxic == "doubled":
            await self._answer(request)
        if toxic == "request cut":
            await self._answer(request[: len(request) // 2], wait=False)
            return
        answer = await self._answer(request)
        match toxic:
            case "answer lost":
                return
            case "answer cut":
                answer = answer[: len(answer) // 2]
            case "half open":
                await asyncio.sleep(3)
                return
            case "slow":
                await asyncio.sleep(0.3)
        writer.write(answer)
        await writer.drain()

    async def _answer(self, request: bytes, *, wait: bool = True) -> bytes:
        reader, writer = await asyncio.open_unix_connection(self._upstream)
        try:
            writer.write(request)
            await writer.drain()
            return await _message(reader) if wait else b""
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A whole HTTP message with a length, as both our halves send them."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return head + await reader.readexactly(length)
