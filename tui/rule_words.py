"""What an organisation sets for everyone's sending, in words: what a rule means, and reading a new value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.text import count_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract.accounts import SendingAccountList
    from contract.members import Organisation
    from localstore.records import Json

OWNERS, MANAGERS = "owners", "owners, admins"
MOST_A_DAY, MOST_MAILS, MOST_DAYS = 100_000_000, 1000, 365
"""As the server allows them."""
ACCOUNT = "account"
NO_ZONE = "none"
_NUMBER = re.compile(r"\d+|\d{1,3}(,\d{3})+", re.ASCII)
_SPAN = re.compile(
    r"(\d+)\s*(?:mails?)?\s*(?:in|within|per|/)\s*(\d+)\s*(?:days?|d)?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`fields` are its names on the wire. `read` is None for a switch, which is on or off."""

    id: str
    title: str
    meaning: str
    fields: tuple[str, ...]
    say: Callable[[Organisation], str]
    question: str = ""
    read: Callable[[str], Json | None] | None = None
    wrong: str = ""


def _switch(id: str, title: str, meaning: str, field: str, words: tuple[str, str] = ("on", "off")) -> Rule:
    def say(org: Organisation) -> str:
        return words[0] if org.model_dump(by_alias=True)[field] else words[1]

    return Rule(id, title, meaning, (field,), say)


def _whole(text: str) -> int | None:
    """A number as people write it; nothing and `no` are 0."""
    if text.strip().lower() in ("", "no", "none", "no limit"):
        return 0
    return int(text.replace(",", "")) if _NUMBER.fullmatch(text.strip()) else None


def read_cap(text: str) -> Json | None:
    """Mails a day; None for what is no number, or too large a one."""
    number = _whole(text)
    return None if number is None or number > MOST_A_DAY else {"dailyCap": number}


def read_frequency(text: str) -> Json | None:
    """`3 in 7`; 0 is no limit, and leaves the days as they are."""
    if _whole(text) == 0:
        return {"frequencyMails": 0}
    found = _SPAN.fullmatch(text.strip())
    mails, days = (int(found[1]), int(found[2])) if found else (0, 0)
    fits = 1 <= mails <= MOST_MAILS and 1 <= days <= MOST_DAYS
    return {"frequencyMails": mails, "frequencyDays": days} if fits else None


def read_zone(text: str) -> Json | None:
    """A name as the tz database spells it, or none."""
    from zoneinfo import ZoneInfo

    name = text.strip()
    if name.lower() in ("", "no", "none"):
        return {"timeZone": ""}
    try:
        return {"timeZone": ZoneInfo(name).key}
    except (KeyError, OSError, ValueError):  # such as no zone, a folder, or a path out of the database
        return None


def _say_cap(org: Organisation) -> str:
    return f"{org.daily_cap:,}" if org.daily_cap else "no limit"


def _say_frequency(org: Organisation) -> str:
    if not org.frequency_mails:
        return "no limit"
    return f"{org.frequency_mails:,} in {count_words(org.frequency_days, 'day')}"


RULES = (
    _switch(
        "opens",
        "Track opens",
        "Mails sent from now on load a tiny picture that says they were opened. "
        "In many countries people must have agreed to it.",
        "trackOpens",
    ),
    _switch(
        "clicks",
        "Track clicks",
        "Links of mails sent from now on pass by this server, which notes who followed them. "
        "In many countries people must have agreed to it.",
        "trackClicks",
    ),
    Rule(
        "frequency",
        "Mails to one contact",
        "Of campaigns and sequences together. "
        "Whoever had as many is left out of a campaign by name, and waits in a sequence.",
        ("frequencyMails", "frequencyDays"),
        _say_frequency,
        "How many mails within how many days? Such as 3 in 7. 0 is no limit.",
        read_frequency,
        f"Two numbers such as 3 in 7: up to {MOST_MAILS:,} mails and {MOST_DAYS} days. 0 is no limit.",
    ),
    Rule(
        "cap",
        "Mails a day in all",
        "Through all sending accounts together, from 00:00 to 24:00 UTC. The rest goes on the day after.",
        ("dailyCap",),
        _say_cap,
        "How many mails a day may leave, through all accounts together? 0 is no limit.",
        read_cap,
        f"A whole number up to {MOST_A_DAY:,}. 0 is no limit.",
    ),
    Rule(
        "zone",
        "Time zone",
        "The clock for contacts whose own time zone is not known: for the hours of a sequence, and for a "
        "campaign at a time of day where each contact is. Without one it is UTC for sequences, and for a "
        "campaign the clock of whoever schedules it. Scheduled campaigns keep their times.",
        ("timeZone",),
        lambda org: org.time_zone or NO_ZONE,
        "Such as Europe/Berlin or America/New_York. none is no time zone.",
        read_zone,
        "This is no time zone. One is called Europe/Berlin; UTC is one, too. none is no time zone.",
    ),
    _switch(
        "members",
        "Members may send",
        "Whether those who are neither owner nor admin send and schedule campaigns themselves.",
        "membersMaySend",
        ("yes", "no"),
    ),
    _switch(
        "approval",
        "Approval by another",
        "Whether somebody else must have approved a campaign, its text and its audience, before it is sent.",
        "needsApproval",
        ("yes", "no"),
    ),
)
TRACKING = ("opens", "clicks")
NO_PUBLIC_ADDRESS = (
    "Nothing is tracked yet: the server has no public address. Whoever runs it sets HANDBILL_PUBLIC_URL."
)
ACCOUNT_TITLE = "Default account"
ACCOUNT_MEANING = "Mails leave through it where a campaign chose no other one. 7 shows all accounts."


def default_account(accounts: SendingAccountList) -> str:
    """Its name, or what sends where there is none."""
    name = next((account.name for account in accounts.accounts if account.is_default), None)
    return name or accounts.installation or "none"


def values_of(org: Organisation, rule: Rule) -> Json:
    """What it is now, by its names on the wire."""
    known = org.model_dump(mode="json", by_alias=True)
    return {field: known[field] for field in rule.fields}


def changed_to(org: Organisation, rule: Rule, text: str | None) -> Json | None:
    """What a person asks for: the other way for a switch, else what was typed; None if it cannot be read."""
    if rule.read is not None:
        return rule.read(text or "")
    return {field: not value for field, value in values_of(org, rule).items()}
