"""What may be typed after `:`: a place, then filters such as `status=draft` and plain words."""

from __future__ import annotations

from dataclasses import dataclass, field

PLACES = (
    *("campaigns", "segments", "contacts", "sequences", "outbox", "mailbox", "accounts", "suppressions"),
    "rules",
)
DEEDS = ("sync", "history", "signin", "signout", "help", "theme", "quit")
_SHORT = {"q": "quit", "c": "campaigns", "s": "segments", "seq": "sequences", "o": "outbox", "m": "mailbox"}

FILTERS: dict[str, dict[str, tuple[str, ...]]] = {
    "campaigns": {"status": ("draft", "scheduled", "sending", "paused", "sent", "cancelled")},
    "sequences": {"status": ("draft", "active", "paused")},
    "suppressions": {"reason": ("bounced", "unsubscribed", "complaint")},
}


@dataclass(frozen=True)
class Target:
    """Where to go, and what to show there."""

    place: str
    filters: dict[str, str] = field(default_factory=dict)
    words: str = ""


class UnknownPlaceError(ValueError):
    """Nobody lives there."""


def parse(line: str) -> Target:
    """Raises `UnknownPlaceError` with a sentence. A unique beginning of a place is enough."""
    first, *rest = line.strip().lstrip(":").split() or [""]
    first = _SHORT.get(first.lower(), first.lower())
    found = [name for name in PLACES + DEEDS if name.startswith(first)] if first else []
    if first in PLACES + DEEDS:
        found = [first]
    if len(found) != 1:
        message = f"There is no place “{first}”. Try {', '.join(PLACES)} or {', '.join(DEEDS)}."
        raise UnknownPlaceError(message)
    known = FILTERS.get(found[0], {})
    filters = dict(part.split("=", 1) for part in rest if part.partition("=")[0] in known and "=" in part)
    words = [part for part in rest if part.partition("=")[0] not in filters]
    return Target(found[0], filters, " ".join(words))


def complete(line: str) -> list[str]:
    """Whole lines that continue what was typed, best first."""
    body = line.lstrip(":").lstrip()
    place, space, rest = body.partition(" ")
    if not space:
        return [name for name in PLACES + DEEDS if name.startswith(place.lower())]
    head, _, last = rest.rpartition(" ")
    options = [f"{k}={v}" for k, values in FILTERS.get(place, {}).items() for v in values]
    start = f"{place} {head} " if head else f"{place} "
    return [start + option for option in options if option.startswith(last.lower()) and option != last]
