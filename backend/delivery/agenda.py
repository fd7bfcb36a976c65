"""What is due, read from the tables: the tick's questions, each answered by an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, exists, func, literal_column, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.claims import campaigns, due_of, sequences
from backend.delivery.fencing import deliveries, is_waiting
from backend.delivery.sources import Source, SourceKind
from contract.transitions import CampaignStatus, SequenceStatus

MISSED_AFTER = timedelta(hours=1)

enrolments = cast(Table, EnrolmentRecord.__table__)
is_in_it = enrolments.c.state == literal_column("'active'")
"""Spelled with a constant, as `is_waiting` is."""
starts = func.coalesce(campaigns.c.starts_at, campaigns.c.send_at)
"""When a campaign is frozen."""


@dataclass(frozen=True, slots=True)
class Running:
    """A source whose mails may go, and the account that was chosen for it."""

    source: Source
    account_id: int | None


async def to_start(connection: AsyncConnection, now: datetime) -> tuple[list[Source], list[Source]]:
    """Campaigns to freeze, and those whose moment passed too long ago to go without asking."""
    query = select(campaigns.c.org_id, campaigns.c.id, campaigns.c.status, starts.label("starts")).where(
        or_(
            (campaigns.c.status == CampaignStatus.SCHEDULED) & (starts <= now),
            (campaigns.c.status == CampaignStatus.SENDING) & campaigns.c.started_at.is_(None),
        )
    )
    due: list[Source] = []
    missed: list[Source] = []
    for row in await connection.execute(query):
        late = row.status == CampaignStatus.SCHEDULED and row.starts < now - MISSED_AFTER
        (missed if late else due).append(Source(row.org_id, SourceKind.CAMPAIGN, row.id))
    return due, missed


async def running(connection: AsyncConnection) -> list[Running]:
    """Frozen campaigns that are being sent, and active sequences."""
    sent = select(campaigns.c.org_id, campaigns.c.id, campaigns.c.account_id).where(
        campaigns.c.status == CampaignStatus.SENDING, campaigns.c.started_at.is_not(None)
    )
    active = select(sequences.c.org_id, sequences.c.id, sequences.c.account_id).where(
        sequences.c.status == SequenceStatus.ACTIVE
    )
    found = [
        Running(Source(row.org_id, SourceKind.CAMPAIGN, row.id), row.account_id)
        for row in await connection.execute(sent)
    ]
    return found + [
        Running(Source(row.org_id, SourceKind.SEQUENCE, row.id), row.account_id)
        for row in await connection.execute(active)
    ]


async def has_due(connection: AsyncConnection, source: Source, now: datetime) -> bool:
    """Whether a mail of this source can be claimed."""
    return bool(await connection.scalar(select(exists(deliveries.c.id).where(due_of(source, now)))))


async def has_due_people(connection: AsyncConnection, source: Source, now: datetime) -> bool:
    """Whether anyone in this sequence has a step to get."""
    due = exists(enrolments.c.id).where(
        enrolments.c.org_id == source.org_id,
        enrolments.c.sequence_id == source.id,
        is_in_it,
        enrolments.c.next_run_at <= now,
    )
    return bool(await connection.scalar(select(due)))


async def next_moment(
    connection: AsyncConnection, sources: Sequence[Source], now: datetime
) -> datetime | None:
    """When something becomes due next."""
    scheduled = select(func.min(starts)).where(campaigns.c.status == CampaignStatus.SCHEDULED, starts > now)
    moments = [await connection.scalar(scheduled)]
    for source in sources:
        waiting = select(func.min(deliveries.c.due_at)).where(
            deliveries.c.org_id == source.org_id,
            deliveries.c.source_id == source.id,
            is_waiting,
            deliveries.c.due_at > now,
        )
        moments.append(await connection.scalar(waiting))
        if source.kind is SourceKind.SEQUENCE:
            people = select(func.min(enrolments.c.next_run_at)).where(
                enrolments.c.org_id == source.org_id,
                enrolments.c.sequence_id == source.id,
                is_in_it,
                enrolments.c.next_run_at > now,
            )
            moments.append(await connection.scalar(people))
    return min((moment for moment in moments if moment is not None), default=None)


async def anything_waits(connection: AsyncConnection, until: datetime | None = None) -> bool:
    """Whether this program must go on running: something is scheduled, being sent, or in a sequence.

    With `until`, what is due later than that does not count.
    """
    due = starts <= until if until is not None else true()
    campaign = exists(campaigns.c.id).where(
        or_(
            campaigns.c.status == CampaignStatus.SENDING,
            (campaigns.c.status == CampaignStatus.SCHEDULED) & due,
        )
    )
    person = exists(enrolments.c.id).where(
        is_in_it,
        enrolments.c.next_run_at <= until if until is not None else true(),
        sequences.c.org_id == enrolments.c.org_id,
        sequences.c.id == enrolments.c.sequence_id,
        sequences.c.status == SequenceStatus.ACTIVE,
    )
    mail = exists(deliveries.c.id).where(
        is_waiting,
        sequences.c.org_id == deliveries.c.org_id,
        sequences.c.id == deliveries.c.source_id,
        sequences.c.status == SequenceStatus.ACTIVE,
    )
    return bool(await connection.scalar(select(or_(campaign, person, mail))))
