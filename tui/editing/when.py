"""A moment as people type it, for scheduling: one line, understood or answered with a sentence.

    in 10m · in 1h 30m · tomorrow 9 · fri 17:30 · 17:30 · 2026-12-01 09:00

Times are local. A bare time is its next occurrence; anything that has passed is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

EXAMPLES = "in 10m · in 2h · tomorrow 9:00 · fri 17:30 · 2026-12-01 09:00"

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)\b"
)
_TIME = re.compile(r"(?:at\s+)?(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:\s*t\s*|\s+|$)(.*)")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TOO_FAR = timedelta(days=3_660)


class WhenError(ValueError):
    """A sentence that says what to type instead."""


def parse_when(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """The moment, aware, in `zone` (none: this computer's). Raises `WhenError`."""
    words = " ".join(text.lower().split())
    if not words:
        raise WhenError(f"Type a time, such as {EXAMPLES}.")
    moment = _span(words, now, zone) or _on_day(words, now.astimezone(zone), zone)
    if moment <= now:
        raise WhenError(f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M} has passed. Choose a later time.")
    if moment - now > _TOO_FAR:
        raise WhenError("That is more than ten years away. Is the year right?")
    return moment


def _span(words: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    lead, _, rest = words.partition(" ")
    if lead != "in":
        return None
    parts = list(_SPAN.finditer(rest))
    if not parts or _SPAN.sub("", rest).replace("and", "").strip(" ,"):
        raise WhenError("Say how long: in 5s, in 10m, in 2h or in 3d.")
    seconds = sum(float(part[1].replace(",", ".")) * _UNITS[part[2][0]] for part in parts)
    if seconds > _TOO_FAR.total_seconds() + 1:
        raise WhenError("That is more than ten years away.")
    return (now + timedelta(seconds=seconds)).astimezone(zone)


def _on_day(words: str, here: datetime, zone: tzinfo | None) -> datetime:
    if dated := _DATE.fullmatch(words):
        day = _date(int(dated[1]), int(dated[2]), int(dated[3]))
        return _at(day, _time_of_day(dated[4]), zone)
    first, _, rest = words.partition(" ")
    if first in ("today", "tomorrow"):
        return _at(here.date() + timedelta(days=first == "tomorrow"), _time_of_day(rest), zone)
    if len(first) >= 3 and (weekday := _weekday(first)) is not None:
        day = here.date() + timedelta(days=(weekday - here.weekday()) % 7)
        moment = _at(day, _time_of_day(rest), zone)
        return moment if moment > here else _at(day + timedelta(days=7), moment.time(), zone)
    moment = _at(here.date(), _time(words), zone)
    return moment if moment > here else _at(here.date() + timedelta(days=1), moment.time(), zone)


def _weekday(word: str) -> int | None:
    return next((number for number, name in enumerate(_DAYS) if name.startswith(word)), None)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise WhenError(f"There is no {year}-{month:02}-{day:02}.") from None


def _time_of_day(words: str) -> time:
    """Behind a day a bare hour is one, too: `tomorrow 9`."""
    return _time(f"at {words}" if words.isdecimal() else words)


def _time(words: str) -> time:
    if not words:
        raise WhenError("And at what time? Add one, such as 9:00.")
    found = _TIME.fullmatch(words)
    if not found or not (found[2] or found[3] or words.startswith("at")):
        raise WhenError(f"That is not a time yet. Try {EXAMPLES}.")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + 12 * (found[3] == "pm") if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise WhenError("Hours go from 0 to 23 and minutes from 00 to 59.")
    return time(hour, minute)


def _at(day: date, at: time, zone: tzinfo | None) -> datetime:
    wall = datetime.combine(day, at)
    moment = wall.replace(tzinfo=zone) if zone else wall.astimezone()
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise WhenError(f"{at:%H:%M} does not exist on that day: the clocks go forward.")
    return moment
