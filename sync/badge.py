"""What the badge says, from what is stored and what the connection last came to. Pure functions."""

from collections.abc import Iterable
from datetime import UTC, datetime

from localstore.records import DocState, Hold
from sync.status import Badge, BadgeState

_QUESTIONS = {
    Hold.CONFLICT: "conflict",
    Hold.GONE: "deleted by someone else",
    Hold.LOCKED: "sent or scheduled by someone else",
    Hold.REWOUND: "the server was restored",
}
"""Holds in which two texts stand against each other, and how the badge of one document says it."""


def document_badge(
    state: DocState,
    *,
    typing: bool,
    not_saved: str | None,
    offline: bool,
    signed_out: bool,
    waiting: int,
    synced_at: float | None = None,
) -> Badge:
    """The truth about one document, the most urgent first."""
    if not_saved is not None:
        return Badge(BadgeState.NOT_SAVED, f"NOT SAVED: {not_saved}")
    if state.hold in _QUESTIONS:
        return Badge(BadgeState.CONFLICT, _QUESTIONS[state.hold])
    if state.hold is not None and state.asks:
        return Badge(BadgeState.REJECTED, f"rejected: {state.detail or state.hold.value}")
    if typing:
        return Badge(BadgeState.TYPING, "typing…")
    if signed_out:
        return Badge(BadgeState.SIGN_IN, "sign in")
    if offline:
        return offline_badge(waiting)
    if state.dirty or state.in_flight:
        return Badge(BadgeState.SAVED, "saved here")
    return synced_badge(synced_at)


def synced_badge(synced_at: float | None) -> Badge:
    """The server has it all; since when, in local time."""
    when = f" {datetime.fromtimestamp(synced_at, UTC).astimezone():%H:%M}" if synced_at else ""
    return Badge(BadgeState.SYNCED, f"synced{when}")


def offline_badge(waiting: int) -> Badge:
    """The server cannot be reached; how many documents wait for it."""
    return Badge(BadgeState.OFFLINE, f"offline, {waiting} waiting" if waiting else "offline")


def overall_badge(
    states: Iterable[DocState],
    *,
    typing: bool,
    not_saved: str | None,
    offline: bool,
    signed_out: bool,
    connected: bool,
    synced_at: float | None,
    mass_deletion: bool = False,
) -> Badge:
    """The truth about everything."""
    waiting = list(states)
    conflicts = sum(state.hold in _QUESTIONS for state in waiting) + (1 if mass_deletion else 0)
    rejected = [state for state in waiting if state.hold in (Hold.REJECTED, Hold.FORBIDDEN)]
    dirty = sum(not state.asks and (state.dirty or state.in_flight) for state in waiting)
    if not_saved is not None:
        return Badge(BadgeState.NOT_SAVED, f"NOT SAVED: {not_saved}")
    if conflicts:
        return Badge(BadgeState.CONFLICT, f"{conflicts} conflict{'s' if conflicts > 1 else ''}")
    if rejected:
        return Badge(BadgeState.REJECTED, f"rejected: {rejected[0].detail}")
    if typing:
        return Badge(BadgeState.TYPING, "typing…")
    if signed_out:
        return Badge(BadgeState.SIGN_IN, "sign in")
    if offline:
        return offline_badge(dirty)
    if dirty:
        return Badge(BadgeState.SAVED, "saved here")
    if not connected:
        return Badge(BadgeState.SAVED, "connecting…")
    return synced_badge(synced_at)
