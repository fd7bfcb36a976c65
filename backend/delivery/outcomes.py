"""What a server's answer means for a mail: its state, the words a person reads, and when to try again."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from backend.delivery.mailer import LostError, RefusedError, Stage
from contract.delivery import DeliveryState

FIRST_RETRY = timedelta(seconds=60)
LONGEST_RETRY = timedelta(hours=6)
MAX_ATTEMPTS = 13
"""With the delays above: given up after about 48 hours."""
SPREAD = 0.2
MAX_REASON = 300

_ENHANCED = re.compile(r"\b5\.(\d{1,3})\.\d{1,3}\b")
_POLICY = "7"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`due_at` only where it will be tried again."""

    state: DeliveryState
    reason: str = ""
    due_at: datetime | None = None


def retry_delay(attempts: int, random: Random) -> timedelta:
    """60 s x 4^n, at most six hours, spread by a fifth either way. `attempts`: made so far, from 1."""
    plain = min(FIRST_RETRY * float(4 ** min(attempts - 1, 10)), LONGEST_RETRY)
    return plain * random.uniform(1 - SPREAD, 1 + SPREAD)


def plain_words(said: str) -> str:
    """What a server said, short and on one line: it may send anything, and no database keeps every byte."""
    said = said[:MAX_REASON]
    return said if said.isprintable() else "".join(letter if letter.isprintable() else " " for letter in said)


def accepted(reply: str) -> Outcome:
    """The server took it."""
    return Outcome(DeliveryState.ACCEPTED, plain_words(reply))


def lost(error: LostError) -> Outcome:
    """Nobody knows whether the server took it, so nothing but a person may send it again."""
    return Outcome(DeliveryState.UNKNOWN, plain_words(str(error)))


def try_later(reason: str, attempts: int, now: datetime, random: Random) -> Outcome:
    """Another attempt, or the end of attempts."""
    if attempts >= MAX_ATTEMPTS:
        return Outcome(DeliveryState.FAILED, plain_words(f"given up after {attempts} attempts: {reason}"))
    return Outcome(DeliveryState.SOFT, plain_words(reason), now + retry_delay(attempts, random))


def refused(error: RefusedError, attempts: int, now: datetime, random: Random) -> Outcome:
    """A 4xx is tried again; a 5xx for the recipient is a bounce unless it speaks of policy."""
    if 400 <= error.code < 500:
        return try_later(str(error), attempts, now, random)
    enhanced = _ENHANCED.search(error.text)
    about_policy = enhanced is not None and enhanced[1] == _POLICY
    bounced = error.stage is Stage.RCPT and not about_policy
    return Outcome(DeliveryState.BOUNCED if bounced else DeliveryState.FAILED, plain_words(str(error)))
