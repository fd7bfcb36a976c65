"""How long a server may take. The final answer may take long: it is when the server does its work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds; RFC 5321, 4.5.3.2 is the source of the defaults."""

    connect: float = 30.0
    command: float = 300.0
    body: float = 600.0
