"""The mailer's twin: servers that live in memory and do what a test tells them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from backend.delivery.mailer import (
    AccountTroubleError,
    Connection,
    Door,
    Envelope,
    HeldError,
    ServerLogin,
)

Script = Callable[[Envelope, bytes], Awaitable[None]]
"""Called at a point of a mail's way; it may raise a `SendingError`, or wait."""


async def _nothing(envelope: Envelope, message: bytes) -> None:
    del envelope, message


@dataclass
class MemoryMailer:
    """Keeps what it was sent. `before_door`, `at_body` and `after_body` are hooks for tests.

    A mail is in `taken` once its body arrived, whatever happens to the answer. `announced` are those whose
    envelope went along with the mail before.
    """

    taken: list[tuple[Envelope, bytes]] = field(default_factory=list)
    announced: list[Envelope] = field(default_factory=list)
    before_door: Script = _nothing
    at_body: Script = _nothing
    after_body: Script = _nothing
    trouble: AccountTroubleError | None = None
    open: int = 0
    most_open: int = 0

    async def connect(self, login: ServerLogin) -> Connection:
        del login
        if self.trouble is not None:
            raise self.trouble
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        return _MemoryConnection(self)

    def recipients(self) -> list[str]:
        """Who got a mail, in order, repeats included."""
        return [envelope.recipient for envelope, _ in self.taken]


class _MemoryConnection:
    def __init__(self, mailer: MemoryMailer) -> None:
        self._mailer = mailer
        self._closed = False

    async def send(
        self, envelope: Envelope, message: bytes, door: Door, following: Envelope | None = None
    ) -> str:
        if following is not None:
            self._mailer.announced.append(following)
        await self._mailer.before_door(envelope, message)
        if not await door():
            await self.close()
            raise HeldError
        await self._mailer.at_body(envelope, message)
        self._mailer.taken.append((envelope, message))
        await self._mailer.after_body(envelope, message)
        return "250 taken"

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._mailer.open -= 1
