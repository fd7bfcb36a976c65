"""`updatedAt`: stamped by the server, strictly growing for each row, whatever the clock does."""

from datetime import datetime, timedelta


def next_version(now: datetime, previous: datetime) -> datetime:
    """`max(now, previous + 1 µs)`: two writes of one row never carry the same version."""
    return max(now, previous + timedelta(microseconds=1))
