"""What ADVANCE writes for a batch of people: their next step, and their mails; each by one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Integer,
    Table,
    Text,
    Update,
    bindparam,
    case,
    exists,
    literal,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningUpdate

from backend.db.batches import Batch
from backend.db.models.feed import OrgFeed
from backend.db.planner import unindexed
from backend.db.upserts import insert_into
from backend.delivery.agenda import enrolments
from backend.delivery.audience import DUPLICATE
from backend.delivery.claims import sequences
from backend.delivery.due_steps import ACTIVE, Moves, Person
from backend.delivery.fencing import deliveries
from backend.delivery.sources import Source
from contract.delivery import DeliveryState
from contract.transitions import SequenceStatus

feeds = cast(Table, OrgFeed.__table__)


class OvertakenError(Exception):
    """Somebody in the batch moved, or was moved, since people were read; or other steps were published."""


class Publication(NamedTuple):
    """The published steps that a batch is planned by."""

    source: Source
    revision: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as the parameters of its statements; made before the transaction, in which others wait."""

    of: Publication
    people: int
    moved: Mapping[str, Any]
    mails: int
    mailed: Mapping[str, Any]


def prepare(dialect: str, of: Publication, people: Sequence[Person], moves: Moves) -> Prepared:
    """`moves` are those of these people, in their order."""
    sequence = of.source.org_id, of.source.id
    rows = [
        (*sequence, *move, person.step_id, person.next_run_at)
        for move, person in zip(moves.people, people, strict=True)
    ]
    mails = [(number, *mail) for number, mail in enumerate(moves.mails, start=1)]
    mailed = _mailed(dialect).given(mails) if mails else {}
    return Prepared(of, len(rows), _moved(dialect).given(rows), len(mails), mailed)


def write(connection: Connection, prepared: Prepared, now: datetime, *, around: bool = False) -> None:
    """In the organisation's turn. After whatever is raised nothing of it may be committed.

    Raises `OvertakenError`, and `IntegrityError` where a contact or an address has one of the mails already.
    Then it is to be written `around` those: of two contacts with one address only the first gets the step,
    and the other is named as skipped. That is rare, and costs PostgreSQL half as much again for each mail.
    """
    dialect, (source, revision) = connection.dialect.name, prepared.of
    about = {"b_org": source.org_id, "b_source": source.id, "b_revision": revision, "b_mails": prepared.mails}
    last = connection.execute(_beginning(), about).scalar()
    if last is None:
        raise OvertakenError
    moved = connection.execute(moving(dialect), about | dict(prepared.moved)).rowcount
    if moved != prepared.people:
        raise OvertakenError
    if not prepared.mails:
        return
    mailed = about | dict(prepared.mailed) | {"b_before": last - prepared.mails, "b_now": now}
    pending = mailed | {"b_state": DeliveryState.PENDING.value, "b_reason": ""}
    if not around:
        connection.execute(_mailing(dialect), pending)
        return
    skipped = mailed | {"b_state": DeliveryState.SKIPPED.value, "b_reason": DUPLICATE}
    for rows in (pending, skipped):  # a row that is there stands in its own way by its id
        connection.execute(_mailing(dialect).on_conflict_do_nothing(), rows)


@cache
def _beginning() -> ReturningUpdate[int]:
    """Takes ids for the mails, if the sequence still runs as it was read. Built once, like the others."""
    runs_still = exists().where(
        sequences.c.org_id == bindparam("b_org"),
        sequences.c.id == bindparam("b_source"),
        sequences.c.status == SequenceStatus.ACTIVE,
        sequences.c.published_revision == bindparam("b_revision"),
    )
    return (
        update(feeds)
        .where(feeds.c.org_id == bindparam("b_org"), runs_still)
        .values(last_row_id=feeds.c.last_row_id + bindparam("b_mails", type_=BigInteger))
        .returning(feeds.c.last_row_id)
    )


@cache
def _moved(dialect: str) -> Batch:
    """The sequence, the columns of `Move`, and where the person stood.

    The sequence is in each row so that planners cannot begin with everyone in it, which they take for few.
    """
    keys = {"org": BigInteger, "sequence": Text, "id": BigInteger}
    move = {"state": Text, "reason": Text, "step": Text, "entered": BigInteger, "next": BigInteger}
    return Batch(dialect, "moved", **keys, **move, stood_at=Text, was_due=BigInteger)


@cache
def moving(dialect: str) -> Update:
    """The statement that moves people. They are found by their keys, one after the other."""
    moved = _moved(dialect)
    stands_there = (
        (enrolments.c.state == ACTIVE)
        & enrolments.c.step_id.is_not_distinct_from(moved.c["stood_at"])
        & (type_coerce(enrolments.c.next_run_at, BigInteger) == moved.c["was_due"])
    )
    return (
        update(enrolments)
        .where(
            enrolments.c.org_id == moved.c["org"],
            enrolments.c.sequence_id == moved.c["sequence"],
            enrolments.c.id == moved.c["id"],
            unindexed(stands_there),
        )
        .values(
            state=moved.c["state"],
            exit_reason=moved.c["reason"],
            step_id=moved.c["step"],
            entered_step_at=moved.c["entered"],
            next_run_at=moved.c["next"],
        )
    )


@cache
def _mailed(dialect: str) -> Batch:
    """A number in the batch, then the columns of `NewMail`."""
    kinds = {"number": BigInteger, "contact": BigInteger, "run": BigInteger, "step": Text, "address": Text}
    return Batch(dialect, "mailed", **kinds)


@cache
def _mailing(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """Rows of one source and revision, whose ids follow `b_before`."""
    mailed, now = _mailed(dialect), bindparam("b_now", type_=deliveries.c.updated_at.type)
    values = {
        "id": bindparam("b_before", type_=BigInteger) + mailed.c["number"],
        "contact_id": mailed.c["contact"],
        "run_no": cast_to(mailed.c["run"], Integer),
        "step_id": mailed.c["step"],
        "address": mailed.c["address"],
        "org_id": bindparam("b_org", type_=BigInteger),
        "source_id": bindparam("b_source", type_=Text),
        "revision": bindparam("b_revision", type_=Integer),
        "state": bindparam("b_state", type_=Text),
        "reason": bindparam("b_reason", type_=Text),
        "attempts": literal(0, Integer),
        "due_at": case((bindparam("b_state", type_=Text) == DeliveryState.PENDING.value, now)),
        "updated_at": now,
    }
    rows = select(*values.values()).select_from(mailed.table).where(true())  # SQLite wants a WHERE here
    return insert_into(dialect, deliveries).from_select(list(values), rows)
