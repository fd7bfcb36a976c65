"""A mail server that answers as fast as Python can, in a process of its own.

    python -m bench.smtp_sink [round trip in milliseconds] [FILE]

Prints its port. The round trip delays each answer, as a distant server would. FILE gets the address and the
moment of each mail that was taken, one a line. There is no mailbox for addresses that begin with `gone`.
"""

import asyncio
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO


class Sink(asyncio.Protocol):
    """Understands pipelining; ends of bodies are found without looking at lines."""

    def __init__(self, delay: float, taken: TextIO | None) -> None:
        self._delay = delay
        self._taken = taken
        self._recipient = ""
        self._bytes = b""
        self._in_body = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._answer(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        answers: list[bytes] = []
        while self._bytes:
            end = b"\r\n.\r\n" if self._in_body else b"\r\n"
            found, separator, rest = self._bytes.partition(end)
            if not separator:
                break
            self._bytes = rest
            answers.append(self._body() if self._in_body else self._command(found))
        if answers:
            self._answer(b"".join(answers))

    def _body(self) -> bytes:
        self._in_body = False
        if self._taken is not None:
            self._taken.write(f"{self._recipient} {time.time():.3f}\n")
        return b"250 ok\r\n"

    def _command(self, line: bytes) -> bytes:
        command = line[:4].upper()
        if command == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if command == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0].decode()
            if self._recipient.startswith("gone"):
                self._recipient = ""
                return b"550 5.1.1 no such mailbox\r\n"
        if command == b"DATA":
            self._in_body = bool(self._recipient)
            return b"354 go\r\n" if self._in_body else b"503 nobody to send it to\r\n"
        return b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n"

    def _answer(self, answer: bytes) -> None:
        if not self._delay:
            self._transport.write(answer)
            return
        asyncio.get_running_loop().call_later(self._delay, self._write, answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def main() -> None:
    delay = float(sys.argv[1]) / 1000 if len(sys.argv) > 1 else 0.0
    keep = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with keep.open("w", buffering=1) if keep is not None else nullcontext() as taken:
        server = await asyncio.get_running_loop().create_server(lambda: Sink(delay, taken), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
