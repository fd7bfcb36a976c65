"""SMTP servers for tests: one that keeps mails, and rude ones that follow a script."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

HANG, DROP = "hang", "drop"


@dataclass
class RudeServer:
    """Answers each command with what `script` says, else politely.

    `script` maps a command (`greeting`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `body`) to an answer, to `hang` or
    to `drop`; a callable gets the number of times the command was seen before. `half` is where a body has
    begun.
    """

    pipelining: bool = True
    script: dict[str, str | Callable[[int], str | None]] = field(default_factory=dict)
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    last: str = ""
    _seen: dict[str, int] = field(default_factory=dict)

    def answer(self, command: str, usual: str) -> str:
        seen = self._seen.get(command, 0)
        self._seen[command] = seen + 1
        scripted = self.script.get(command)
        if callable(scripted):
            scripted = scripted(seen)
        return usual if scripted is None else scripted

    async def say(self, writer: asyncio.StreamWriter, command: str, usual: str) -> bool:
        answer = self.answer(command, usual)
        if answer == HANG:
            await asyncio.Event().wait()
        if answer == DROP:
            writer.transport.abort()
            return False
        self.last = answer
        writer.write(answer.encode() + b"\r\n")
        return not answer.startswith(("421", "221"))

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self.say(writer, "greeting", "220 rude"):
            return
        recipient = ""
        while line := await reader.readline():
            command = line[:4].decode().upper().strip()
            self.commands.append(command)
            if command == "RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
            if not await self.say(writer, command, self.usual(command)):
                return
            if command == "DATA" and self.last.startswith("354"):
                if await self._has_body(reader):
                    if self.answer("half", "") == DROP:
                        writer.transport.abort()
                        return
                    self.bodies.append((recipient, await reader.readuntil(b"\r\n.\r\n")))
                if not await self.say(writer, "body", "250 taken"):
                    return

    def usual(self, command: str) -> str:
        if command == "EHLO" and self.pipelining:
            return "250-rude\r\n250 PIPELINING"
        return {"EHLO": "250 rude", "DATA": "354 go", "QUIT": "221 bye"}.get(command, "250 ok")

    async def _has_body(self, reader: asyncio.StreamReader) -> bool:
        """An empty message is a dot right away."""
        start = await reader.readexactly(3)
        if start == b".\r\n":
            return False
        reader._buffer[:0] = start  # type: ignore[attr-defined]
        return True


@asynccontextmanager
async def serving(server: RudeServer) -> AsyncIterator[RudeServer]:
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError):  # at the end, where a server hangs
            await server.handle(reader, writer)

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, limit=1 << 20)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
