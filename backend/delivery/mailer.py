"""Handing mails to a server: the port, and what can go wrong at it.

SendingError
|- AccountTroubleError   the server or our sign-in: nothing is wrong with the mail, no attempt is used
|- RefusedError          the server refused this mail; it certainly was not taken
|- NotSentError          the connection was lost before the first byte of the body
|- LostError             the connection was lost after the body began: nobody knows
`- HeldError             the door stayed shut; nothing was sent
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

Door = Callable[[], Awaitable[bool]]
"""Asked right before the body is written; the body goes out only on True."""


class Stage(StrEnum):
    """Which command was refused."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"


class SendingError(Exception):
    """A mail was not sent as wished."""


class AccountTroubleError(SendingError):
    """Connecting, signing in or the sender was refused. `lasting`: only a person can put it right."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class RefusedError(SendingError):
    """The server said no to this mail, with `code` at `stage`."""

    def __init__(self, stage: Stage, code: int, text: str) -> None:
        super().__init__(f"{stage} {code} {text}")
        self.stage = stage
        self.code = code
        self.text = text


class NotSentError(SendingError):
    """The connection ended while no part of the body had been written."""


class LostError(SendingError):
    """The connection ended, or the server fell silent, after the body was begun."""


class HeldError(SendingError):
    """The door did not open. The connection can no longer be used."""


@dataclass(frozen=True, slots=True)
class ServerLogin:
    """Where and how to open a session. `tls`: none, starttls or implicit."""

    host: str
    port: int
    tls: str = "none"
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"ServerLogin({self.host}:{self.port}, {self.tls})"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Seven-bit addresses as the server is told them."""

    sender: str
    recipient: str


class Connection(Protocol):
    """One open session, used for one mail at a time."""

    async def send(
        self, envelope: Envelope, message: bytes, door: Door, following: Envelope | None = None
    ) -> str:
        """Send one mail; the server's words when it took it. Raises a `SendingError`.

        `following`: the envelope that the next call will bring, if that is known; it may then travel with
        this body. `message` has CRLF line ends and no line that begins with a dot.
        """

    async def close(self) -> None:
        """End the session, politely where possible."""


class Mailer(Protocol):
    """Opens sessions."""

    async def connect(self, login: ServerLogin) -> Connection:
        """Raises `AccountTroubleError`."""
