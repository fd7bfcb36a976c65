"""Whom a sequence is for and how it treats them: of its draft, and as people run it.

What is published stands at the row itself, because the tick and each claim ask for it, and a revision carries
the content of every mail. Where nothing stands, it was published before sequences had settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from backend.db.models.sequence import Sequence
from backend.send_windows import SendWindow
from contract.sequence_settings import WEEK, SequenceSettings
from contract.sequence_settings import SendWindow as SendWindowWire

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """`contract.sequence_settings.SequenceSettings`, and the segment."""

    segment_id: str | None
    exit_on_leaving: bool = False
    goal_segment_id: str | None = None
    reenter_after: timedelta | None = None
    window: SendWindow | None = None
    account_id: int | None = None

    @property
    def asks_about(self) -> frozenset[str]:
        """The segments that are asked before each mail."""
        left = [self.segment_id] if self.exit_on_leaving else []
        return frozenset(id for id in (*left, self.goal_segment_id) if id is not None)


def dump_settings(settings: SequenceSettings) -> Json:
    """As stored: only what is not the default, so that a draft without settings stays what it was."""
    return settings.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _window(wire: SendWindowWire | None) -> SendWindow | None:
    if wire is None:
        return None
    opens, closes = time.fromisoformat(wire.opens), time.fromisoformat(wire.closes)
    return SendWindow(frozenset(WEEK.index(day) for day in wire.days), opens, closes)


def make_rules(segment_id: str | None, settings: SequenceSettings) -> Rules:
    """From what was written."""
    days, account = settings.reenter_after_days, settings.account_id
    return Rules(
        segment_id=segment_id,
        exit_on_leaving=settings.exit_on_leaving,
        goal_segment_id=settings.goal_segment_id,
        reenter_after=timedelta(days=days) if days is not None else None,
        window=_window(settings.send_window),
        account_id=int(account) if account is not None else None,
    )


def draft_settings(row: Sequence) -> SequenceSettings:
    """Of the draft."""
    return SequenceSettings.model_validate(row.steps_json.get("settings", {}))


def draft_rules(row: Sequence) -> Rules:
    """Of the draft."""
    return make_rules(row.segment_id, draft_settings(row))


def publish_rules(row: Sequence) -> None:
    """From now on people are treated as the draft says."""
    row.published_rules = {"segmentId": row.segment_id, "settings": row.steps_json.get("settings", {})}
    row.account_id = draft_rules(row).account_id


def changed_settings(row: Sequence) -> list[str]:
    """The names, on the wire, of settings of the draft that differ from what people run."""
    run, draft = (
        settings.model_dump(mode="json", by_alias=True)
        for settings in (read_published(row.published_rules, None)[1], draft_settings(row))
    )
    return [name for name in draft if draft[name] != run[name]]


def read_published(
    kept: Mapping[str, Any] | None, segment_id: str | None
) -> tuple[str | None, SequenceSettings]:
    """(segment, settings) that people run; `segment_id` is the draft's, where nothing else is known."""
    if kept is None:
        return segment_id, SequenceSettings()
    return kept["segmentId"], SequenceSettings.model_validate(kept["settings"])


def published_rules(kept: Mapping[str, Any] | None, segment_id: str | None) -> Rules:
    """The same as rules."""
    return make_rules(*read_published(kept, segment_id))
