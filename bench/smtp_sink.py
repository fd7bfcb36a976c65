"""A mail server that answers as fast as Python can and keeps nothing, in a process of its own.

    python -m bench.smtp_sink [round trip in milliseconds]

Prints its port. The round trip delays each answer, as a distant server would.
"""

import asyncio
import sys


class Sink(asyncio.Protocol):
    """Understands pipelining; ends of bodies are found without looking at lines."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
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
            answers.append(b"250 ok\r\n" if self._in_body else self._command(found[:4].upper()))
            self._in_body = not self._in_body and found[:4].upper() == b"DATA"
        if answers:
            self._answer(b"".join(answers))

    def _command(self, command: bytes) -> bytes:
        if command == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        return {b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(command, b"250 ok\r\n")

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
    server = await asyncio.get_running_loop().create_server(lambda: Sink(delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
