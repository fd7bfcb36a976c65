"""Send windows, by the clock on the wall of whoever is mailed."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.send_windows import SendWindow, opening

MINUTE = timedelta(minutes=1)
WORKDAYS = frozenset(range(5))
NIGHT = SendWindow(frozenset({4}), time(22), time(2))
NINE_TO_FIVE = SendWindow(WORKDAYS, time(9), time(17))

windows = st.builds(
    SendWindow,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
zones = st.sampled_from(sorted(available_timezones()))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@cache
def clock_changes(zone: str, year: int) -> list[datetime]:
    """The hours of a year after which clocks are set differently."""
    at = datetime(year, 1, 1, tzinfo=UTC)
    hours = [at + timedelta(hours=hour) for hour in range(366 * 24)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]


def is_open_there(window: SendWindow, zone: str, moment: datetime) -> bool:
    """Told from the clock and the calendar alone: is this minute among those of some day's window?"""
    wall = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    length = (datetime.combine(wall, window.closes) - datetime.combine(wall, window.opens)) % timedelta(
        days=1
    )
    for back in (0, 1):
        start = datetime.combine(wall.date() - timedelta(days=back), window.opens)
        if start.weekday() in window.days and start <= wall < start + (length or timedelta(days=1)):
            return True
    return False


def holds(window: SendWindow, zone: str, moment: datetime) -> None:
    found = opening(window, zone, moment)
    assert found >= moment
    assert is_open_there(window, zone, found), "it is open then"
    assert found == moment or not is_open_there(window, zone, moment), "what is open already does not wait"
    if found > moment:
        assert not is_open_there(window, zone, found - timedelta(microseconds=1)), "it opens then"
    step = max(MINUTE, (found - moment) / 300)
    between = moment
    while between < found:
        assert not is_open_there(window, zone, between), "nothing was open before"
        between += step


@given(windows, zones, moments)
def test_the_first_open_moment_anywhere_at_any_time(window: SendWindow, zone: str, moment: datetime) -> None:
    holds(window, zone, moment)


@given(
    windows,
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]),
    st.integers(2015, 2030),
    st.integers(0, 1),
    st.integers(-50 * 60, 4 * 60),
)
def test_around_the_hours_when_clocks_are_set(
    window: SendWindow, zone: str, year: int, which: int, minutes: int
) -> None:
    changes = clock_changes(zone, year)
    holds(window, zone, changes[which % len(changes)] + minutes * MINUTE)


@given(windows, zones, moments)
def test_it_is_the_same_when_asked_again_then(window: SendWindow, zone: str, moment: datetime) -> None:
    found = opening(window, zone, moment)
    assert opening(window, zone, found) == found


@pytest.mark.parametrize(
    ("window", "zone", "asked", "opens"),
    [
        (
            NINE_TO_FIVE,
            "Europe/Berlin",
            "2026-03-27T16:30",
            "2026-03-30T07:00",
        ),  # Friday; DST begins on Sunday
        (NINE_TO_FIVE, "Europe/Berlin", "2026-10-23T16:30", "2026-10-26T08:00"),  # and ends
        (NINE_TO_FIVE, "Asia/Kathmandu", "2026-03-02T00:00", "2026-03-02T03:15"),
        (NINE_TO_FIVE, None, "2026-03-02T17:00", "2026-03-03T09:00"),  # closes is no longer open
        (NINE_TO_FIVE, "Mars/Olympus", "2026-03-02T08:59", "2026-03-02T09:00"),
        (NIGHT, "UTC", "2026-03-07T01:59", "2026-03-07T01:59"),  # Saturday, of Friday's window
        (NIGHT, "UTC", "2026-03-06T01:59", "2026-03-06T22:00"),  # Friday, of Thursday's
        # The half hour from 2:00 is skipped on that Sunday: the next one is a week later.
        (
            SendWindow(frozenset({6}), time(2), time(2, 30)),
            "Europe/Berlin",
            "2026-03-29T00:00",
            "2026-04-05T00:00",
        ),
        # Half of it is left: it opens when the clock jumps into it.
        (
            SendWindow(frozenset({6}), time(2, 30), time(4)),
            "Europe/Berlin",
            "2026-03-29T00:00",
            "2026-03-29T01:00",
        ),
        # Shown twice: at 2:40 it is closed, and opens again when the clock is set back to 2:00.
        (
            SendWindow(frozenset({6}), time(2), time(2, 30)),
            "Europe/Berlin",
            "2026-10-25T00:40",
            "2026-10-25T01:00",
        ),
    ],
)
def test_by_example(window: SendWindow, zone: str | None, asked: str, opens: str) -> None:
    found = opening(window, zone, datetime.fromisoformat(asked).replace(tzinfo=UTC))
    assert found == datetime.fromisoformat(opens).replace(tzinfo=UTC)


def test_a_whole_day_begins_when_it_opens() -> None:
    sunday = SendWindow(frozenset({6}), time(6), time(6))
    assert sunday.is_open(datetime.fromisoformat("2026-03-02T05:59"))
    assert not sunday.is_open(datetime.fromisoformat("2026-03-02T06:00"))


def test_without_a_window_it_is_always_open() -> None:
    moment = datetime(2026, 3, 1, 3, tzinfo=UTC)
    assert opening(None, "Europe/Berlin", moment) == moment
