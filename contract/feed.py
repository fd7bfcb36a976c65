"""The change feed: how a client learns what others wrote."""

from enum import StrEnum
from typing import Any

from contract.wire import Answer


class Kind(StrEnum):
    """What the feed speaks of; the first three are documents that clients edit offline."""

    SEGMENT = "segment"
    CAMPAIGN = "campaign"
    SEQUENCE = "sequence"
    SETTINGS = "settings"
    CONTACTS = "contacts"


DOCUMENT_KINDS = (Kind.SEGMENT, Kind.CAMPAIGN, Kind.SEQUENCE)


class Change(Answer):
    """One document changed. `row` is its whole present state, absent when it was deleted."""

    kind: Kind
    id: str
    updated_at: str | None = None
    deleted: bool = False
    row: dict[str, Any] | None = None


class Changes(Answer):
    """What changed after `cursor`, each document once, oldest change first."""

    changes: list[Change]
    cursor: str
    has_more: bool
