"""What a tick asks first: whether there is anything to do, and if not, when there will be.

A worker looks around every two seconds for as long as it lives, and mostly nothing happened. This look is one
statement over the ends of indexes, however many people sleep in sequences: one way to the database and back.
Only when it finds something is the whole agenda read (agenda.py), which alone decides what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select, true
from sqlalchemy.engine import Connection

from backend.delivery.agenda import enrolments, is_in_it, starts
from backend.delivery.claims import campaigns, sequences
from backend.delivery.fencing import deliveries, expired, is_waiting, sessions
from backend.delivery.sequence_moves import feeds
from backend.delivery.sources import Source, SourceKind
from backend.delivery.sweeps import Seen
from contract.transitions import CampaignStatus, SequenceStatus


@dataclass(frozen=True, slots=True)
class ActiveSequence:
    """`due`: when its next person or mail is; `seen`: what a look at its segment depends on."""

    source: Source
    seen: Seen
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Glance:
    """`busy`: a campaign is being sent, or a worker is gone. `due`: the next moment, past or to come."""

    busy: bool
    due: datetime | None
    sequences: Sequence[ActiveSequence]


def glance(connection: Connection, session_id: str, now: datetime) -> Glance:
    """As the tables stand, for the worker of this session."""
    rows = connection.execute(_everything(), {"b_session": session_id, "b_now": now}).all()
    active = [
        ActiveSequence(
            Source(row.org_id, SourceKind.SEQUENCE, row.id),
            Seen(row.published_revision, row.seq),
            _earliest(row.person, row.mail),
        )
        for row in rows
        if row.id is not None
    ]
    due = _earliest(rows[0].start, *(sequence.due for sequence in active))
    return Glance(rows[0].sending or rows[0].gone, due, active)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


@cache
def _everything() -> Select[Any]:
    """A row for each active sequence, beside what is there once; without one, a row that has no sequence.

    Built once: making it would cost more than running it.
    """
    once, active = _once().subquery("once"), _active_sequences().subquery("active")
    return select(once, active).select_from(once.outerjoin(active, true()))


def _once() -> Select[Any]:
    now = bindparam("b_now", type_=sessions.c.expires_at.type)
    sending = exists(campaigns.c.id).where(campaigns.c.status == CampaignStatus.SENDING)
    start = select(func.min(starts)).where(campaigns.c.status == CampaignStatus.SCHEDULED)
    return select(
        sending.label("sending"),
        expired(bindparam("b_session"), now).exists().label("gone"),
        start.scalar_subquery().label("start"),
    )


def _active_sequences() -> Select[Any]:
    person = select(func.min(enrolments.c.next_run_at)).where(
        enrolments.c.org_id == sequences.c.org_id,
        enrolments.c.sequence_id == sequences.c.id,
        is_in_it,
    )
    mail = select(func.min(deliveries.c.due_at)).where(
        deliveries.c.org_id == sequences.c.org_id, deliveries.c.source_id == sequences.c.id, is_waiting
    )
    return (
        select(
            sequences.c.org_id,
            sequences.c.id,
            sequences.c.published_revision,
            feeds.c.seq,
            person.scalar_subquery().label("person"),
            mail.scalar_subquery().label("mail"),
        )
        .join(feeds, feeds.c.org_id == sequences.c.org_id)
        .where(sequences.c.status == SequenceStatus.ACTIVE)
    )
