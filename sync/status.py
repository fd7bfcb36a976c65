"""What the badge says: the truth about what was typed, as plain data."""

from dataclasses import dataclass
from enum import StrEnum


class BadgeState(StrEnum):
    """In the order of urgency, lowest first."""

    SYNCED = "synced"
    SAVED = "saved"
    TYPING = "typing"
    OFFLINE = "offline"
    SIGN_IN = "sign-in"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    NOT_SAVED = "not-saved"


@dataclass(frozen=True, slots=True)
class Badge:
    """One state and the words beside it, such as "offline, 3 waiting"."""

    state: BadgeState
    text: str
