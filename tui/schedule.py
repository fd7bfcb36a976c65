"""When a campaign goes out, as its editor, its lists and its countdown say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.moments import read_moment, say_clock, say_when

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Schedule(NamedTuple):
    """At `send_at`; or, with a `local_time`, when clocks show that where each contact is.

    Then the first leave at `starts_at`, which may be most of a day before the reader's clock shows that time.
    """

    send_at: datetime | None = None
    local_time: datetime | None = None
    starts_at: datetime | None = None

    @property
    def first(self) -> datetime | None:
        """When the first mail leaves: until then nobody was mailed, and all of it can be taken back."""
        return self.starts_at or self.send_at

    def clock(self, now: datetime) -> str:
        """The time alone; empty if there is none."""
        return say_when(self.send_at, now) if self.local_time is None else say_clock(self.local_time, now)

    def whose(self, now: datetime) -> str:
        """The time, and whose clock it is."""
        return self.clock(now) if self.local_time is None else f"{self.clock(now)} in each zone"

    def words(self, now: datetime) -> str:
        """The same, and when the first mail leaves."""
        first = self.local_time is not None and say_when(self.starts_at, now)
        return f"{self.whose(now)}, the first from {first} on" if first else self.whose(now)


NO_TIME = Schedule()


def read_schedule(fields: Mapping[str, Any]) -> Schedule:
    """From fields as the wire spells them."""
    return Schedule(*(read_moment(fields.get(name)) for name in ("sendAt", "localTime", "startsAt")))
