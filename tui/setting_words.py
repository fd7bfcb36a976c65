"""The settings of a sequence in words: what each means, how it stands, and reading a new value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from contract.send_window_text import SendWindowError, parse_window, say_window
from contract.sequence_settings import DEFAULT_SETTINGS, KeptSettings
from tui.text import count_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localstore.records import Json

WINDOW, LEAVING, GOAL, AGAIN, ACCOUNT = (
    "sendWindow",
    "exitOnLeaving",
    "goalSegmentId",
    "reenterAfterDays",
    "accountId",
)
MOST_DAYS = 3650
_DAYS = re.compile(r"(\d{1,4})\s*(?:d|days?)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Setting:
    """`id` is its name on the wire, `noun` what it is called in a sentence."""

    id: str
    title: str
    noun: str
    meaning: str


SETTINGS = (
    Setting(
        WINDOW,
        "Mails go",
        "hours",
        "Days and hours on the clock of each contact; where its time zone is not known, on that of the "
        "organisation (9 shows it), or UTC. A mail that is due at another time waits until then, and the "
        "next delay counts from there.",
    ),
    Setting(
        LEAVING,
        "Who leaves the segment",
        "leaving",
        "Asked before each mail: whether someone who is no longer in the segment gets the rest.",
    ),
    Setting(
        GOAL,
        "Goal",
        "goal",
        "A segment. Whoever is in it did what you wanted: gets no further mail and does not enter. Should it "
        "be deleted, nobody is mailed and nobody is dropped until another one is published, or none.",
    ),
    Setting(
        AGAIN,
        "Who went through",
        "coming again",
        "Whether someone who is in the segment enters again, so many days after the last time ended.",
    ),
    Setting(ACCOUNT, "Sending account", "account", "Through which its mails leave."),
)
BY_ID = {setting.id: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Names:
    """What segments and accounts are called, by id; the accounts are None until they are known."""

    segments: Mapping[str, str]
    accounts: Mapping[str, str] | None = None

    def account(self, id: str) -> str:
        """Its name, or its number where that is not known."""
        if self.accounts is None:
            return f"account {id}"
        return self.accounts.get(id, "one that is gone")


def settings_in(content: Json) -> Json:
    """All of them, by their names on the wire."""
    return DEFAULT_SETTINGS | (content.get("settings") or {})


def say_setting(id: str, value: Any, names: Names) -> str:
    """How one stands."""
    match id:
        case "sendWindow":
            return _say_window(value)
        case "exitOnLeaving":
            return "gets no further mail" if value else "gets the rest"
        case "goalSegmentId":
            return names.segments.get(value, "a segment that is not here") if value else "none"
        case "reenterAfterDays":
            return f"enters again after {count_words(value, 'day')}" if value else "never enters again"
        case "accountId":
            return names.account(value) if value else "the default"
        case _:
            return str(value)


def _say_window(value: Any) -> str:
    try:
        return say_window(KeptSettings.model_validate({WINDOW: value}).send_window)
    except ValidationError:
        return "as a newer version says"


def said_settings(content: Json, names: Names) -> list[tuple[str, str]]:
    """(title, how it stands) of those that are not as they are by default."""
    settings = settings_in(content)
    return [
        (setting.title, say_setting(setting.id, settings[setting.id], names))
        for setting in SETTINGS
        if settings[setting.id] != DEFAULT_SETTINGS[setting.id]
    ]


def short_settings(content: Json, names: Names) -> str:
    """Those that are not as they are by default, in one line."""
    settings = settings_in(content)
    said = {id: say_setting(id, settings[id], names) for id in BY_ID}
    short = {
        WINDOW: said[WINDOW],
        LEAVING: "leaving ends it",
        GOAL: f"goal {said[GOAL]}",
        AGAIN: said[AGAIN].removeprefix("enters "),
        ACCOUNT: f"through {said[ACCOUNT]}",
    }
    return " · ".join(short[id] for id in BY_ID if settings[id] != DEFAULT_SETTINGS[id])


def read_days(text: str) -> int | None:
    """None for never. Raises `ValueError` with a sentence."""
    words = text.strip().lower()
    if words in ("", "no", "never"):
        return None
    found = _DAYS.fullmatch(words)
    if found is None or not 1 <= int(found[1]) <= MOST_DAYS:
        message = f"A number of days such as 90, at most {MOST_DAYS:,}; or never."
        raise ValueError(message)
    return int(found[1])


def read_window(text: str) -> Json | None:
    """None for always. Raises `ValueError` with a sentence."""
    window = parse_window(text)
    return window.model_dump(mode="json", by_alias=True) if window else None


def wrong_window(text: str) -> str | None:
    """What is wrong with it; None if nothing is."""
    try:
        read_window(text)
    except SendWindowError as error:
        return str(error)
    return None


def wrong_days(text: str) -> str | None:
    """What is wrong with it; None if nothing is."""
    try:
        read_days(text)
    except ValueError as error:
        return str(error)
    return None
