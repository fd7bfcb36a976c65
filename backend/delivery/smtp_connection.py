"""SMTP on a session that is open already: one round trip per mail where the server knows pipelining.

With pipelining (RFC 2920) the end of one mail and the envelope of the next travel in one write. Only the body
waits for the door, so an envelope may be announced before anyone knows whether its mail may go; if it may
not, the session ends. Without it each command waits for its answer.
"""

import asyncio
from collections import deque
from typing import NamedTuple

from backend.delivery.mailer import (
    AccountTroubleError,
    Door,
    Envelope,
    HeldError,
    LostError,
    NotSentError,
    RefusedError,
    SendingError,
    Stage,
)
from backend.delivery.smtp_timeouts import Timeouts

WRITE_BUFFER = 256 * 1024
MAX_PENDING = 64 * 1024
"""A server that sends more than this without being asked is not one."""
GO_AHEAD = 354
SERVICE_CLOSING = 421


class Reply(NamedTuple):
    """`text` without the code, lines joined by a space."""

    code: int
    text: str

    @property
    def accepts(self) -> bool:
        """Whether it is a yes."""
        return 200 <= self.code < 300

    @property
    def refuses(self) -> bool:
        """Whether it is a no. What is neither is no answer, and says nothing about anybody's mailbox."""
        return 400 <= self.code < 600


class ReplyStream(asyncio.Protocol):
    """Turns bytes into replies and lets one reader wait for them, until a deadline.

    One timer watches over all of them: it is set anew when it goes off, not for each mail.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._bytes = b""
        self._lines: list[str] = []
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self.lost = False

    def data_received(self, data: bytes) -> None:
        *lines, self._bytes = (self._bytes + data).split(b"\n")
        for line in lines:
            self._take(line.rstrip(b"\r").decode("utf-8", "replace"))
        if len(self._bytes) + sum(map(len, self._lines)) > MAX_PENDING:
            self.connection_lost(None)
        self._wake()

    def _take(self, line: str) -> None:
        self._lines.append(line[4:])
        if line[3:4] == "-":
            return
        code = int(line[:3]) if line[:3].isdigit() and line[:3].isascii() else 0
        self._replies.append(Reply(code, " ".join(self._lines)))
        self._lines = []

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.lost = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def expect(self, seconds: float) -> None:
        """What is waited for from now on has so much time in all."""
        self._deadline = self._loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._deadline:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and not self.lost:
            self._timer = self._loop.call_at(self._deadline, self._look)

    def _look(self) -> None:
        """The time may be over, or what it was for has come and something else is waited for."""
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() < self._deadline:
            self._timer = self._loop.call_at(self._deadline, self._look)
        else:
            self._waiter.set_exception(TimeoutError("the server did not answer"))

    async def reply(self) -> Reply:
        """The next reply. Raises `OSError` when there will be none, or when it is late."""
        while not self._replies:
            if self.lost:
                raise ConnectionError("the server ended the connection")
            self._waiter = self._loop.create_future()
            await self._waiter
        return self._replies.popleft()


def _commands(envelope: Envelope) -> tuple[bytes, bytes, bytes]:
    mail, rcpt = f"MAIL FROM:<{envelope.sender}>\r\n", f"RCPT TO:<{envelope.recipient}>\r\n"
    return mail.encode("ascii"), rcpt.encode("ascii"), b"DATA\r\n"


class SmtpConnection:
    """Takes over the transport of a session that was opened and signed in by others."""

    def __init__(self, transport: asyncio.Transport, timeouts: Timeouts, *, pipelining: bool) -> None:
        self._transport = transport
        self._pipelining = pipelining
        self._timeouts = timeouts
        self._stream = ReplyStream()
        self._announced: Envelope | None = None
        transport.set_write_buffer_limits(high=WRITE_BUFFER)
        transport.set_protocol(self._stream)

    async def send(
        self, envelope: Envelope, message: bytes, door: Door, following: Envelope | None = None
    ) -> str:
        await self._envelope(envelope)
        if not await door():
            self._abort()
            raise HeldError("the door stayed shut")
        if self._stream.lost:
            # Handed, but not one byte of the body was written: the caller may safely try again later.
            raise RefusedError(Stage.BODY, 451, "the connection was lost before the body")
        return await self._body(message, following)

    async def _envelope(self, envelope: Envelope) -> None:
        """Bring the server to the point where it waits for the body."""
        try:
            mail, rcpt, data = await (self._at_once if self._pipelining else self._in_steps)(envelope)
        except OSError as error:
            self._abort()
            raise NotSentError(str(error)) from error
        understood = data.refuses or data.code == GO_AHEAD
        for reply in (mail, rcpt):
            understood = understood and (reply.accepts or reply.refuses)
        if not understood:
            self._abort()
            raise NotSentError(f"answers that are none: {mail.text}, {rcpt.text}, {data.text}")
        if not (mail.accepts and rcpt.accepts and data.code == GO_AHEAD):
            await self._end_refused(mail, data)
            raise _refusal(mail, rcpt, data)

    async def _at_once(self, envelope: Envelope) -> tuple[Reply, Reply, Reply]:
        """The answers to all three, which may have been asked with the mail before."""
        stream = self._stream
        if self._announced != envelope:
            if self._announced is not None:
                raise ConnectionError("another mail was announced")
            self._transport.write(b"".join(_commands(envelope)))
        self._announced = None
        stream.expect(self._timeouts.command)
        return await stream.reply(), await stream.reply(), await stream.reply()

    async def _in_steps(self, envelope: Envelope) -> tuple[Reply, Reply, Reply]:
        """After a no, what was not asked any more counts as refused alike."""
        replies: list[Reply] = []
        for command in _commands(envelope):
            if not replies or replies[-1].accepts:
                self._transport.write(command)
                self._stream.expect(self._timeouts.command)
                replies.append(await self._stream.reply())
            else:
                replies.append(replies[-1])
        mail, rcpt, data = replies
        return mail, rcpt, data

    async def _end_refused(self, mail: Reply, data: Reply) -> None:
        """Bring the session back to where it takes a mail."""
        if data.code != GO_AHEAD:
            self._transport.write(b"RSET\r\n")
            await self._expect_reply()
        elif mail.accepts:
            # The server opened DATA although no recipient stands; an empty message ends it harmlessly.
            self._transport.write(b".\r\n")
            await self._expect_reply()
        else:
            self._abort()

    async def _expect_reply(self) -> None:
        try:
            self._stream.expect(self._timeouts.command)
            await self._stream.reply()
        except OSError:
            self._abort()

    async def _body(self, message: bytes, following: Envelope | None) -> str:
        if not self._pipelining:
            following = None
        ahead = b"".join(_commands(following)) if following is not None else b""
        try:
            self._transport.write(message + b".\r\n" + ahead)
            self._announced = following
            self._stream.expect(self._timeouts.body)
            reply = await self._stream.reply()
        except OSError as error:
            self._abort()
            raise LostError(f"{error} after the mail was written") from error
        if reply.accepts:
            return f"{reply.code} {reply.text}"
        if not reply.refuses:
            self._abort()
            raise LostError(f"an answer that is none: {reply.code} {reply.text}")
        raise RefusedError(Stage.BODY, reply.code, reply.text)

    def _abort(self) -> None:
        self._transport.abort()

    async def close(self) -> None:
        if self._announced is not None or self._stream.lost or self._transport.is_closing():
            self._transport.abort()
            return
        self._transport.write(b"QUIT\r\n")
        self._transport.close()


def _refusal(mail: Reply, rcpt: Reply, data: Reply) -> SendingError:
    """Whose fault it is: the account's at MAIL and when the service closes, else this mail's."""
    if not mail.accepts:
        return AccountTroubleError(f"MAIL {mail.code} {mail.text}", lasting=mail.code >= 500)
    for reply in (rcpt, data):
        if reply.code == SERVICE_CLOSING:
            return AccountTroubleError(f"{reply.code} {reply.text}")
    if not rcpt.accepts:
        return RefusedError(Stage.RCPT, rcpt.code, rcpt.text)
    return RefusedError(Stage.DATA, data.code, data.text)
