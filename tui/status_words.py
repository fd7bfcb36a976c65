"""States as word, glyph and tone: nothing is told by colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from localstore.records import DocState, Hold

if TYPE_CHECKING:
    from collections.abc import Mapping


class Spoken(NamedTuple):
    """`text` has the glyph in it; `tone` is one of a list's tones, or empty."""

    text: str
    tone: str


_CAMPAIGN = {
    "DRAFT": Spoken("○ draft", ""),
    "SCHEDULED": Spoken("◔ scheduled", "accent"),
    "SENDING": Spoken("▸ sending", "accent"),
    "PAUSED": Spoken("‖ paused", "warn"),
    "SENT": Spoken("✓ sent", "good"),
    "CANCELLED": Spoken("\u00d7 cancelled", "quiet"),
}
_SEQUENCE = {
    "DRAFT": Spoken("○ draft", ""),
    "ACTIVE": Spoken("▸ active", "good"),
    "PAUSED": Spoken("‖ paused", "warn"),
    "HELD": Spoken("! held", "bad"),
}
_CONTACT = {
    "subscribed": Spoken("✓ subscribed", "good"),
    "unsubscribed": Spoken("\u00d7 unsubscribed", "quiet"),
    "bounced": Spoken("! bounced", "bad"),
}
_DELIVERY = {
    "pending": Spoken("○ pending", "quiet"),
    "claimed": Spoken("◔ claimed", "quiet"),
    "handed": Spoken("▸ handed", "accent"),
    "accepted": Spoken("✓ accepted", "good"),
    "soft": Spoken("~ try later", "warn"),
    "bounced": Spoken("! bounced", "bad"),
    "failed": Spoken("! failed", "bad"),
    "unknown": Spoken("? unknown", "warn"),
    "skipped": Spoken("- skipped", "quiet"),
    "cancelled": Spoken("\u00d7 cancelled", "quiet"),
}
_HOLDS = {
    Hold.CONFLICT: Spoken("! conflict", "bad"),
    Hold.REJECTED: Spoken("! rejected", "bad"),
    Hold.FORBIDDEN: Spoken("! not allowed", "bad"),
    Hold.GONE: Spoken("! deleted there", "bad"),
    Hold.LOCKED: Spoken("! locked there", "bad"),
    Hold.REWOUND: Spoken("! newer here", "bad"),
    Hold.NEEDS_PARENT: Spoken("◔ waits for segment", "warn"),
}


_PAUSED = {
    "by hand": "paused by hand",
    "missed_schedule": "its time passed while nothing was running; resume sends it now",
    "segment_missing": "its segment is gone; choose one, then resume",
    "no_sending_account": "there is no sending account for it; choose one, then resume",
    "refused_content": "too many of the first mails were refused; look at who did not get it",
    "too_many_failures": "too many mails failed; look at who did not get it",
}


def paused_words(reason: object) -> str:
    """Why a campaign is paused and what to do; a reason that is a sentence already stays one."""
    text = str(reason or "")
    if text.startswith("content_broken: "):
        return f"its content cannot be sent: {text.partition(': ')[2]}"
    return _PAUSED.get(text, text) or "paused"


def _say(words: Mapping[str, Spoken], value: object) -> Spoken:
    return words.get(str(value), Spoken(str(value), ""))


def campaign_status(value: object) -> Spoken:
    """A campaign's status; a document the server does not know yet is a draft."""
    return _say(_CAMPAIGN, value or "DRAFT")


def sequence_status(value: object) -> Spoken:
    """A sequence's status."""
    return _say(_SEQUENCE, value or "DRAFT")


def contact_status(value: object) -> Spoken:
    """Whether a contact may be mailed."""
    return _say(_CONTACT, value)


def delivery_state(value: object) -> Spoken:
    """What became of one mail."""
    return _say(_DELIVERY, value)


def document_state(state: DocState) -> Spoken:
    """Where a document stands between this computer and the server."""
    if state.hold is not None:
        return _HOLDS[state.hold]
    if state.in_flight:
        return Spoken("… sending to server", "quiet")
    if state.dirty:
        return Spoken("● saved here", "")
    return Spoken("✓ synced", "quiet")
