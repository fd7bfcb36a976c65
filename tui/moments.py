"""Moments and spans as people say them, in this computer's time zone."""

from __future__ import annotations

from datetime import datetime


def read_moment(text: str | None) -> datetime | None:
    """A moment as the wire spells it; None for nothing or nonsense."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def say_when(moment: datetime | None, now: datetime) -> str:
    """`today 10:00`, `Tue 3 Mar 08:00`, `24 Mar 08:00` to come, `24 Feb 2025` long past; empty for None."""
    return "" if moment is None else say_clock(moment.astimezone(), now)


def say_clock(here: datetime, now: datetime) -> str:
    """What a clock shows, whosever it is, beside this computer's day."""
    today = now.astimezone().date()
    days = (here.date() - today).days
    clock = f"{here:%H:%M}"
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    if days in near:
        return f"{near[days]} {clock}"
    if abs(days) < 7:
        return f"{here:%a} {here.day} {here:%b} {clock}"
    if days < 0:
        return f"{here.day} {here:%b} {here.year}"
    year = "" if here.year == today.year else f" {here.year}"
    return f"{here.day} {here:%b}{year} {clock}"


def say_span(seconds: float | None) -> str:
    """`40 s`, `4 min`, `2 h 10 min`, `3 days`; empty for None."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(hours / 24)} days"
