"""How many of an account's connections are this worker's: workers divide them without talking.

Each knows who is alive from the same table, and counts the same way. While someone comes or goes they may
differ for a heartbeat.
"""

import hashlib
from collections.abc import Sequence


def seats_of(session_id: str, crew: Sequence[str], key: str, lanes: int) -> int:
    """Our part of `lanes`. What does not divide evenly goes to others for each account `key`."""
    if session_id not in crew:
        return 0
    order = sorted(crew, key=lambda member: hashlib.sha256(f"{key} {member}".encode()).digest())
    whole, rest = divmod(lanes, len(crew))
    return whole + (order.index(session_id) < rest)
