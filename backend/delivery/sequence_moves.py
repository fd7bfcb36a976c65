"""What ADVANCE writes for a batch of people: their next step, and their mails; each by one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    case,
    literal,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

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


class Of(NamedTuple):
    """The published steps that a batch is planned by."""

    source: Source
    revision: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as the parameters of its statements; made before the transaction, in which others wait."""

    of: Of
    people: int
    moved: Mapping[str, Any]
    mails: int
    mailed: Mapping[str, Any]


def prepare(dialect: str, of: Of, people: Sequence[Person], moves: Moves) -> Prepared:
    """`moves` are those of these people, in their order."""
    rows = [
        (of.source.org_id, *move, person.step_id, person.next_run_at)
        for move, person in zip(moves.people, people, strict=True)
    ]
    mails = [(number, *mail) for number, mail in enumerate(moves.mails, start=1)]
    mailed = _mailed(dialect).given(mails) if mails else {}
    return Prepared(of, len(rows), _moved(dialect).given(rows), len(mails), mailed)


def write(connection: Connection, prepared: Prepared, now: datetime) -> None:
    """In the organisation's turn. Raises `OvertakenError`, after which nothing of it may be committed."""
    source, revision = prepared.of
    about = {"b_org": source.org_id, "b_source": source.id, "b_revision": revision}
    if connection.execute(_runs_still(), about).first() is None:
        raise OvertakenError
    moved = connection.execute(_moving(connection.dialect.name), about | dict(prepared.moved)).rowcount
    if moved != prepared.people:
        raise OvertakenError
    if prepared.mails:
        _insert_mails(connection, about | {"b_now": now}, prepared)


@cache
def _runs_still() -> Select[Any]:
    """Built once, like the others: making it would cost more than running it."""
    return select(sequences.c.id).where(
        sequences.c.org_id == bindparam("b_org"),
        sequences.c.id == bindparam("b_source"),
        sequences.c.status == SequenceStatus.ACTIVE,
        sequences.c.published_revision == bindparam("b_revision"),
    )


@cache
def _moved(dialect: str) -> Batch:
    """The columns of `Move`, and where the person stood. From an `org` of a row SQLite cannot begin."""
    kinds = {"org": BigInteger, "id": BigInteger, "state": Text, "reason": Text, "step": Text}
    moments = {"entered": BigInteger, "next": BigInteger}
    return Batch(dialect, "moved", **kinds, **moments, stood_at=Text, was_due=BigInteger)


@cache
def _moving(dialect: str) -> Update:
    """People are found by their keys, one after the other."""
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
            enrolments.c.sequence_id == bindparam("b_source", type_=Text),
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


def _insert_mails(connection: Connection, about: Mapping[str, Any], prepared: Prepared) -> None:
    """Of two contacts with one address only the first gets the step; the other is named as skipped.

    That is rare, and a statement that looks out for it costs PostgreSQL half as much again: the plain one
    goes first. A row that is there conflicts with itself by its id.
    """
    mailing = _mailing(connection.dialect.name)
    taken = (
        update(feeds)
        .where(feeds.c.org_id == about["b_org"])
        .values(last_row_id=feeds.c.last_row_id + prepared.mails)
        .returning(feeds.c.last_row_id)
    )
    before = int(connection.execute(taken).scalar_one()) - prepared.mails
    pending = {**about, "b_before": before, "b_state": DeliveryState.PENDING.value, "b_reason": ""}
    try:
        with connection.begin_nested():
            connection.execute(mailing, pending | dict(prepared.mailed))
    except IntegrityError:
        connection.execute(mailing.on_conflict_do_nothing(), pending | dict(prepared.mailed))
        skipped = pending | {"b_state": DeliveryState.SKIPPED.value, "b_reason": DUPLICATE}
        connection.execute(mailing.on_conflict_do_nothing(), skipped | dict(prepared.mailed))
