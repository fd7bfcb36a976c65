"""Who is due in a sequence, and the steps and rules that everyone in it runs."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, Label, Select, Table, bindparam, func, select, tuple_, type_coerce
from sqlalchemy.engine import Connection

from backend.db.models.sequence_run import SequenceRevision
from backend.db.planner import few, unindexed
from backend.delivery.agenda import enrolments, is_in_it
from backend.delivery.claims import contacts, orgs, sequences
from backend.delivery.due_steps import Person
from backend.delivery.fencing import deliveries
from backend.delivery.sequence_steps import Steps, read_steps
from backend.delivery.sources import Source
from backend.sequence_rules import Rules, published_rules
from contract.transitions import SequenceStatus

Place = tuple[int, int]
"""In the order in which people are due: the moment in microseconds since 1970, and the enrolment."""
FIRST: Place = (0, 0)

sequence_revisions = cast(Table, SequenceRevision.__table__)


class Published(NamedTuple):
    """What people run."""

    steps: Steps
    rules: Rules
    revision: int


def place_of(person: Person) -> Place:
    """Where somebody stands among those who are due."""
    return person.next_run_at, person.id


def published(connection: Connection, source: Source) -> Published | None:
    """None unless the sequence is active."""
    row = connection.execute(_publications(), {"b_org": source.org_id, "b_source": source.id}).first()
    if row is None:
        return None
    rules = published_rules(row.published_rules, row.segment_id)
    return Published(read_steps(row.steps_json), rules, row.revision)


@cache
def _publications() -> Select[Any]:
    """Built once, like the other: making it would cost more than running it."""
    return (
        select(
            sequence_revisions.c.revision,
            sequence_revisions.c.steps_json,
            sequences.c.published_rules,
            sequences.c.segment_id,
        )
        .join(
            sequences,
            (sequences.c.org_id == sequence_revisions.c.org_id)
            & (sequences.c.id == sequence_revisions.c.sequence_id)
            & (sequences.c.published_revision == sequence_revisions.c.revision),
        )
        .where(
            sequences.c.org_id == bindparam("b_org"),
            sequences.c.id == bindparam("b_source"),
            sequences.c.status == SequenceStatus.ACTIVE,
        )
    )


def due_people(
    connection: Connection, source: Source, after: Place, now: datetime, most: int
) -> Sequence[Person]:
    """In order, from behind this place on."""
    at, id = after
    where = {"b_org": source.org_id, "b_source": source.id, "b_at": at, "b_id": id}
    found = connection.execute(_due_people(), where | {"b_now": now, "b_most": most}).all()
    return [Person._make(row) for row in found]  # a row's own attributes cost ten times as much


@cache
def _due_people() -> Select[Any]:
    due = type_coerce(enrolments.c.next_run_at, BigInteger)
    ours = select(orgs.c.time_zone).where(orgs.c.id == bindparam("b_org", type_=BigInteger)).scalar_subquery()
    place = tuple_(bindparam("b_at", type_=BigInteger), bindparam("b_id", type_=BigInteger))
    return (
        select(
            enrolments.c.id,
            enrolments.c.contact_id,
            enrolments.c.run_no,
            enrolments.c.step_id,
            type_coerce(enrolments.c.entered_step_at, BigInteger),
            due,
            _received(),
            contacts.c.email,
            contacts.c.status,
            func.coalesce(contacts.c.time_zone, ours),
        )
        .outerjoin(
            contacts,
            (contacts.c.org_id == enrolments.c.org_id) & (contacts.c.id == enrolments.c.contact_id),
        )
        .where(
            enrolments.c.org_id == bindparam("b_org"),
            enrolments.c.sequence_id == bindparam("b_source"),
            is_in_it,
            tuple_(due, enrolments.c.id) > place,
            enrolments.c.next_run_at <= bindparam("b_now"),
        )
        .order_by(enrolments.c.next_run_at, enrolments.c.id)
        .limit(bindparam("b_most"))
    )


def _received() -> Label[str | None]:
    """Steps that the contact has a row for in this run.

    Asked for each contact by the index of its mails, and never begun at all mails of the sequence.
    """
    steps = select(func.aggregate_strings(deliveries.c.step_id, " ")).where(
        deliveries.c.org_id == enrolments.c.org_id,
        few(deliveries.c.contact_id == enrolments.c.contact_id),
        unindexed(
            (deliveries.c.source_id == enrolments.c.sequence_id)
            & (deliveries.c.run_no == enrolments.c.run_no)
        ),
    )
    return steps.scalar_subquery().label("received")
