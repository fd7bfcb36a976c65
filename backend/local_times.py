"""One time of day in many time zones: a mail that comes at nine wherever it is read."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from contract.problems import InvalidError


@lru_cache(maxsize=1024)
def known_zone(name: str) -> ZoneInfo | None:
    """The time zone of this name; None if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # such as no zone, a folder, or a path out of the database
        return None


def require_zone(name: str | None) -> None:
    """Raises `InvalidError` for a name that is none of a time zone; nothing, and an empty one, are none."""
    if name and known_zone(name) is None:
        raise InvalidError.at("timeZone", "expected a name such as Europe/Berlin")


def moment_at(wall: datetime, zone: str | None, otherwise: datetime) -> datetime:
    """When a clock in this zone shows `wall`, which is naive; `otherwise` where the zone is not known.

    What the clock shows twice, when it is set back, is the first of the two; what it skips, when it is set
    forward, counts as if it had not been set (RFC 5545, section 3.3.5).
    """
    known = known_zone(zone) if zone else None
    return wall.replace(tzinfo=known).astimezone(UTC) if known is not None else otherwise
