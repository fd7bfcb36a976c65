"""One campaign on its way as a line of the outbox: from the server's word, else from what is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.bars import progress_bar
from tui.moments import say_span, say_when
from tui.schedule import NO_TIME, Schedule, read_schedule
from tui.status_words import campaign_status, paused_words
from tui.widgets.list_rows import Row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from contract.delivery import OutboxEntry, Progress
    from localstore.records import DocSummary

ON_ITS_WAY = ("SENDING", "PAUSED", "SCHEDULED")
_BAR = 12


@dataclass(frozen=True)
class Going:
    """A campaign on its way, or one that was just sent. `waits` says why its due mails do not leave."""

    id: str
    name: str
    status: str
    schedule: Schedule = NO_TIME
    finished_at: datetime | None = None
    paused_reason: str | None = None
    account: str | None = None
    progress: Progress | None = None
    waits: tuple[str, ...] = ()


def going_of(entry: OutboxEntry) -> Going:
    """As the server says it."""
    return Going(
        id=entry.id,
        name=entry.name,
        status=entry.status,
        schedule=Schedule(entry.send_at, entry.local_time, entry.starts_at),
        finished_at=entry.finished_at,
        paused_reason=entry.paused_reason,
        account=entry.account,
        progress=entry.progress,
        waits=tuple(entry.waits),
    )


def known_here(campaigns: Iterable[DocSummary]) -> list[Going]:
    """As far as this computer knows."""
    found = [
        Going(
            id=summary.id,
            name=summary.name,
            status=str(summary.fields["status"]),
            schedule=read_schedule(summary.fields),
            paused_reason=summary.fields.get("pausedReason"),
        )
        for summary in campaigns
        if summary.fields.get("status") in ON_ITS_WAY
    ]
    return sorted(found, key=lambda going: ON_ITS_WAY.index(going.status))


def seconds_to_start(going: Going, now: datetime) -> float | None:
    """Until it goes out; None for what has begun, is paused, or has no time."""
    first = going.schedule.first
    return (first - now).total_seconds() if going.status == "SCHEDULED" and first is not None else None


def _outcome(progress: Progress | None) -> tuple[str, str]:
    """How it ended: whom nobody knows about comes first, because only a person can decide about them."""
    if progress is None:
        return "", "quiet"
    if progress.unknown:
        return f"{progress.unknown:,} unknown", "warn"
    missed = progress.total - progress.accepted - progress.complained
    return (f"{missed:,} did not get it" if missed else "all got it"), "quiet"


def _left(going: Going, now: datetime) -> tuple[str, str]:
    """The last cell and its tone."""
    if going.status == "SENT":
        return _outcome(going.progress)
    if going.status == "PAUSED":
        return paused_words(going.paused_reason), "warn"
    if going.waits:
        return f"waits: {going.waits[0]}", "warn"
    if going.status == "SCHEDULED":
        left = seconds_to_start(going, now)
        if left is not None and left <= 60:
            return (f"in {max(0, round(left))} s; u takes it back" if left > 0 else "starting"), "accent"
        return going.schedule.whose(now), "quiet"
    if going.schedule.local_time is not None:
        return going.schedule.whose(now), "quiet"
    span = say_span(going.progress.seconds_left) if going.progress else ""
    return (f"{span} left" if span else "starting"), "quiet"


def outbox_row(going: Going, now: datetime) -> Row:
    """Its line."""
    status, progress = campaign_status(going.status), going.progress
    bar = progress_bar(progress.done, progress.total, _BAR) if progress else ""
    rate = f"{progress.per_second:,.0f}" if progress and progress.per_second else ""
    left, tone = _left(going, now)
    return Row(going.id, (going.name, status.text, bar, rate, left), {1: status.tone, 2: "accent", 4: tone})


def reason_of(going: Going, now: datetime) -> str:
    """What a line has no room for: through which account, how many are left, the whole reason."""
    said = []
    if going.status == "PAUSED":
        why = paused_words(going.paused_reason).removeprefix("paused")
        said.append(f"“{going.name}” is paused{'' if why.startswith(' ') or not why else ': '}{why}")
    said += [f"“{going.name}” waits: {reason}" for reason in going.waits]
    if going.status == "SCHEDULED" and not going.waits:
        said.append(f"“{going.name}” goes out {going.schedule.words(now)}")
    if going.status == "SENT":
        said.append(f"“{going.name}” was sent {say_when(going.finished_at, now)}; enter names everyone")
    if going.progress:
        progress = going.progress
        missed = progress.done - progress.accepted - progress.complained
        verb = "did" if going.status == "SENT" else "will"
        said.append(f"{progress.accepted:,} of {progress.total:,} got it, {missed:,} {verb} not")
    if going.account:
        said.append(f"through {going.account}")
    return " · ".join(said)
