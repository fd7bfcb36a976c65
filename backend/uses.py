"""What was done with mails since it was last written down.

A picture that is fetched ten thousand times is one use that was made ten thousand times: neither the memory
nor the database grows by repeating it. What is only here is lost when the process dies, which costs a report
a few seconds of opens and nobody a mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from backend.db.models.event import EventType


class Use(NamedTuple):
    """One kind of use of one mail, as the table of events has it."""

    contact_id: int
    type: EventType
    delivery_id: int
    source_id: str
    link: int = 0
    by_machine: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """When it was made, and how often."""

    first_at: datetime
    last_at: datetime
    times: int = 1

    def with_(self, other: "Span") -> "Span":
        first, last = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        return Span(first, last, self.times + other.times)


class Uses:
    """By organisation."""

    def __init__(self) -> None:
        self._waiting: dict[int, dict[Use, Span]] = {}

    def add(self, org_id: int, use: Use, span: Span) -> None:
        """To be written soon."""
        mine = self._waiting.setdefault(org_id, {})
        mine[use] = mine[use].with_(span) if use in mine else span

    def take(self) -> Mapping[int, Mapping[Use, Span]]:
        """All of them; none is left."""
        taken, self._waiting = self._waiting, {}
        return taken
