"""When a contact's own clock lets a mail through: days of the week and hours, over midnight and DST.

What counts is what the clock on the wall shows. Where clocks are set forward, an hour that is skipped is no
hour to send in; where they are set back, one that is shown twice is open twice. So nobody ever gets a mail at
a time that was ruled out, and a window that falls into the gap opens on its next day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache

from backend.local_times import known_zone

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SendWindow:
    """`days` as `date.weekday` counts them; see `contract.sequence_settings.SendWindow`."""

    days: frozenset[int]
    opens: time
    closes: time

    def is_open(self, wall: datetime) -> bool:
        """Whether mail may go when the clock shows this, which is naive."""
        now, today = wall.time(), wall.weekday() in self.days
        if self.opens < self.closes:
            return today and self.opens <= now < self.closes
        return (today and now >= self.opens) or (now < self.closes and (wall.weekday() - 1) % 7 in self.days)

    def next_open(self, wall: datetime) -> datetime:
        """The first time from `wall` on that is open, on a clock that is never set."""
        if self.is_open(wall):
            return wall
        starts = (datetime.combine(wall.date() + ahead * _DAY, self.opens) for ahead in range(8))
        return next(start for start in starts if start >= wall and start.weekday() in self.days)


def _offset(zone: tzinfo, second: int) -> timedelta:
    return datetime.fromtimestamp(second, zone).utcoffset() or timedelta()


def _change(zone: tzinfo, first: int, last: int) -> int:
    """The second within a span at which clocks are set."""
    before = _offset(zone, first)
    while last - first > 1:
        middle = (first + last) // 2
        if _offset(zone, middle) == before:
            first = middle
        else:
            last = middle
    return last


def _steady_spans(zone: tzinfo, moment: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """(begin, end, distance from UTC) of spans from `moment` on, a day at most, in which no clock is set."""
    begin = moment
    while True:
        second = int(begin.timestamp())
        end, offset = second + 24 * 3600, _offset(zone, second)
        if _offset(zone, end) != offset:
            end = _change(zone, second, end)
        yield begin, datetime.fromtimestamp(end, UTC), offset
        begin = datetime.fromtimestamp(end, UTC)


def opening(window: SendWindow | None, zone: str | None, moment: datetime) -> datetime:
    """`moment` itself if a mail may go then, else when it may next."""
    return moment if window is None else _opening(window, zone, moment)


@lru_cache(maxsize=8192)
def _opening(window: SendWindow, zone: str | None, moment: datetime) -> datetime:
    """Remembered, because people who entered together are due together: worked out once for each zone."""
    known = (known_zone(zone) if zone else None) or UTC
    for begin, end, offset in _steady_spans(known, moment):
        wall = window.next_open((begin + offset).replace(tzinfo=None))
        opens = (wall - offset).replace(tzinfo=UTC)
        if opens < end:
            return opens
    raise AssertionError
