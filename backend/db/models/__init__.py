"""Every mapped class, imported once so that the metadata is whole."""

from backend.db.models import (
    account,
    bounce,
    campaign,
    contact,
    delivery,
    dkim,
    event,
    feed,
    ledger,
    library,
    org,
    quota,
    segment,
    sequence,
    sequence_run,
    version,
)

__all__ = [
    "account",
    "bounce",
    "campaign",
    "contact",
    "delivery",
    "dkim",
    "event",
    "feed",
    "ledger",
    "library",
    "org",
    "quota",
    "segment",
    "sequence",
    "sequence_run",
    "version",
]
