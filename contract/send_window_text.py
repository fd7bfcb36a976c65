"""A send window as people write it: `mon-fri 09:00-17:00`. The same words are read and said."""

import re
from itertools import groupby

from contract.sequence_settings import WEEK, SendWindow, Weekday

ALWAYS = "always"
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))? ?(?:-|\u2013|to) ?([0-9]{1,2})(?::([0-9]{2}))?")
_EXPECTED = "Try mon-fri 9:00-17:00, sat,sun, 22:00-6:00 or always."


class SendWindowError(ValueError):
    """No window. The message is a sentence for whoever typed it."""


def _day(word: str) -> int:
    for number, name in enumerate(_NAMES):
        if len(word) >= 2 and name.startswith(word):
            return number
    raise SendWindowError(f"“{word[:20]}” is no day of the week. {_EXPECTED}")


def _days(text: str) -> list[Weekday]:
    days: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.replace("\u2013", "-").partition("-")
        begin = _day(first)
        length = (_day(last) - begin) % 7 if last else 0
        days |= {(begin + ahead) % 7 for ahead in range(length + 1)}
    return [WEEK[number] for number in sorted(days)]


def _time(hours: str, minutes: str | None) -> str:
    hour, minute = int(hours), int(minutes or 0)
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise SendWindowError(f"A clock does not show {hours}:{minutes or '00'}. {_EXPECTED}")
    return f"{hour:02}:{minute:02}"


def parse_window(text: str) -> SendWindow | None:
    """None for always. Raises `SendWindowError`."""
    words = " ".join(text.lower().split())
    if words in ("", ALWAYS):
        return None
    found = _HOURS.search(words)
    days = (words[: found.start()] + words[found.end() :]).strip(" ,") if found else words
    window = SendWindow(days=_days(days)) if days else SendWindow()
    if found is None:
        return window
    opens, closes = _time(found[1], found[2]), _time(found[3], found[4])
    return window.model_copy(update={"opens": opens, "closes": closes})


def _say_days(window: SendWindow) -> str:
    numbers = [WEEK.index(day) for day in window.days]
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda at: at[1] - at[0])]
    return ",".join(
        f"{WEEK[run[0]]}-{WEEK[run[-1]]}" if len(run) > 2 else ",".join(WEEK[number] for number in run)
        for run in runs
    )


def say_window(window: SendWindow | None) -> str:
    """What `parse_window` reads as the same window."""
    if window is None:
        return ALWAYS
    whole_week, whole_day = len(window.days) == 7, window.opens == window.closes == "00:00"
    hours = "" if whole_day else f"{window.opens}-{window.closes}"
    return " ".join(filter(None, ["" if whole_week and hours else _say_days(window), hours]))
