"""Delays between the steps of a sequence, as people type and read them. Stored in hours."""

from __future__ import annotations

import re

MOST_HOURS = 24.0 * 365
EXAMPLES = "48 (hours) · 2d · 1d 12h · 30m · 0"

_UNITS = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
_PART = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)?(?:\s+|(?=\d)|$)"
)


class DelayError(ValueError):
    """A sentence that says what to type instead."""


def parse_delay(text: str) -> float:
    """Hours. A bare number is hours. Raises `DelayError`."""
    words = text.lower().strip().removeprefix("+").strip()
    parts = list(_PART.finditer(words))
    bare = sum(part[2] is None for part in parts)
    if not parts or "".join(part[0] for part in parts) != words or (bare and len(parts) > 1):
        raise DelayError(f"That is not a delay. Try {EXAMPLES}.")
    hours = sum(float(part[1].replace(",", ".")) * _UNITS[(part[2] or "h")[0]] for part in parts)
    if hours > MOST_HOURS:
        raise DelayError("At most a year between two steps, please.")
    return round(hours, 6)


def say_delay(hours: float) -> str:
    """`at once`, `30 min`, `48 h`, `7 days`, `1.5 h`."""
    if hours <= 0:
        return "at once"
    if hours < 1:
        return f"{round(hours * 60)} min"
    if hours > 72 and hours % 24 == 0:
        return f"{hours / 24:g} days"
    return f"{round(hours, 2):g} h"


def say_day(hours: float) -> str:
    """When a step comes, counted from entering: `day 0`, `day 2`, `day 2 +12 h`."""
    days, rest = divmod(hours, 24)
    return f"day {int(days)}" + (f" +{say_delay(rest)}" if rest > 0.01 else "")
