from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tui.editing.when import WhenError, parse_when

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday; Lisbon is on UTC until 29 March


def read(text: str) -> str:
    return parse_when(text, NOW, LISBON).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("in 5s", "2026-03-02 09:00:05"),
        ("in 10m", "2026-03-02 09:10:00"),
        ("in 2h", "2026-03-02 11:00:00"),
        ("in 1h 30m", "2026-03-02 10:30:00"),
        ("in 1 hour and 5 minutes", "2026-03-02 10:05:00"),
        ("in 1.5 hours", "2026-03-02 10:30:00"),
        ("In 3 Days", "2026-03-05 09:00:00"),
        ("in 1w", "2026-03-09 09:00:00"),
        ("tomorrow 9:00", "2026-03-03 09:00:00"),
        ("tomorrow at 9", "2026-03-03 09:00:00"),
        ("tomorrow 9", "2026-03-03 09:00:00"),
        ("fri 17", "2026-03-06 17:00:00"),
        ("2026-12-01 9", "2026-12-01 09:00:00"),
        ("today 17:30", "2026-03-02 17:30:00"),
        ("17:30", "2026-03-02 17:30:00"),
        ("8:15", "2026-03-03 08:15:00"),
        ("9:00", "2026-03-03 09:00:00"),
        ("5pm", "2026-03-02 17:00:00"),
        ("12 am", "2026-03-03 00:00:00"),
        ("fri 7:45", "2026-03-06 07:45:00"),
        ("monday 8:00", "2026-03-09 08:00:00"),
        ("monday 10:00", "2026-03-02 10:00:00"),
        ("2026-12-01 09:00", "2026-12-01 09:00:00"),
        ("2026-12-01T09:00", "2026-12-01 09:00:00"),
        ("  2026-12-01   9:00 ", "2026-12-01 09:00:00"),
    ],
)
def test_understands(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type a time"),
        ("soon", "not a time yet"),
        ("9", "not a time yet"),
        ("tomorrow 930", "not a time yet"),
        ("tomorrow 25", "Hours go from 0 to 23"),
        ("in a while", "Say how long"),
        ("in 5", "Say how long"),
        ("in 5m tomorrow", "Say how long"),
        ("tomorrow", "at what time"),
        ("2026-12-01", "at what time"),
        ("2026-02-30 9:00", "There is no 2026-02-30"),
        ("25:00", "Hours go from 0 to 23"),
        ("13pm", "Hours go from 0 to 23"),
        ("today 8:00", "Monday, 2 March 2026, 08:00 has passed"),
        ("2025-12-01 09:00", "has passed"),
        ("in 0s", "has passed"),
        ("9026-12-01 09:00", "ten years"),
        ("in 99999999999w", "ten years"),
        ("2026-03-29 01:30", "does not exist on that day"),
        ("[/] [b", "not a time yet"),
    ],
)
def test_refuses_in_words(typed: str, words: str) -> None:
    with pytest.raises(WhenError, match=words.replace("[", r"\[")):
        read(typed)


def test_a_wall_clock_time_keeps_its_hour_across_the_change_of_the_clocks() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    moment = parse_when("tomorrow 12:00", before, LISBON)
    assert moment - before == timedelta(hours=23)


def test_a_span_is_real_time_across_the_change_of_the_clocks() -> None:
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert parse_when("in 24h", before, LISBON) - before == timedelta(hours=24)
