"""How often one may guess a password."""

from collections import deque
from datetime import datetime, timedelta

from contract.problems import ThrottledError

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 60
MAX_KEYS = 10_000


class LoginThrottle:
    """Counts failed sign-ins by account and by network address in a sliding window, in this process."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}

    def check(self, account: str, address: str, now: datetime) -> None:
        """Raise `ThrottledError` if one of the two has failed too often."""
        for key, limit in ((f"a:{account}", PER_ACCOUNT), (f"n:{address}", PER_ADDRESS)):
            recent = self._recent(key, now)
            if len(recent) >= limit:
                wait = (recent[0] + WINDOW - now).total_seconds()
                raise ThrottledError("Too many failed sign-ins; wait a while.", retry_after=wait)

    def failed(self, account: str, address: str, now: datetime) -> None:
        if len(self._failures) > MAX_KEYS:
            self._failures = {key: kept for key in list(self._failures) if (kept := self._recent(key, now))}
        for key in (f"a:{account}", f"n:{address}"):
            self._failures.setdefault(key, deque()).append(now)

    def succeeded(self, account: str) -> None:
        self._failures.pop(f"a:{account}", None)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        failures = self._failures.get(key, deque())
        while failures and failures[0] <= now - WINDOW:
            failures.popleft()
        return failures
