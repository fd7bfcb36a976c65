"""A segment's filter as lists show it; here nothing is read that the first screen does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localstore.records import Draft, Json

UNFINISHED = "unfinishedText"
"""Where a draft keeps a text that is not a filter yet: it stays on this computer."""
NO_ONE = "no_one"
"""What a new segment says."""


def filter_words(fields: Json) -> tuple[str, str]:
    """(words, tone). Whoever left a filter unfinished is told whom it means until then."""
    whole = str(fields.get("text") or "")
    if fields.get(UNFINISHED):
        return f"not finished, still: {whole}" if whole else "not finished", "warn"
    return whole, "quiet"


def why_unfinished(segment: Draft | None) -> str | None:
    """Why nobody may be mailed by this segment yet: its filter does not say what was meant."""
    if segment is None or not segment.content.get(UNFINISHED):
        return None
    name = segment.content.get("name") or "Untitled"
    return f"The filter of “{name}” is not finished: it would still go to whom it meant before."
