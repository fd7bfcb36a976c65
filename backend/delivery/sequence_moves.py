"""What ADVANCE writes for a batch of people: their next step, and their mails; each by one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Insert,
    Integer,
    Table,
    Text,
    Update,
    bindparam,
    case,
    literal,
    select,
    true,
    update,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.engine import Connection

from backend.db.batches import Batch
from backend.db.models.feed import OrgFeed
from backend.db.planner import unindexed
from backend.db.upserts import insert_into
from backend.delivery.agenda import enrolments
from backend.delivery.audience import DUPLICATE
from backend.delivery.due_steps import ACTIVE, Move, NewMail
from backend.delivery.fencing import deliveries
from contract.delivery import DeliveryState

feeds = cast(Table, OrgFeed.__table__)


@cache
def _moved(dialect: str) -> Batch:
    kinds = {"org": BigInteger, "id": BigInteger, "state": Text, "reason": Text, "step": Text}
    return Batch(dialect, "moved", **kinds, entered=BigInteger, next=BigInteger)


@cache
def _moving(dialect: str) -> Update:
    """Built once. People are found by their keys."""
    moved = _moved(dialect)
    return (
        update(enrolments)
        .where(
            enrolments.c.org_id == moved.c["org"],
            enrolments.c.id == moved.c["id"],
            unindexed(enrolments.c.state == ACTIVE),
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
    kinds = {"id": BigInteger, "contact": BigInteger, "run": BigInteger, "step": Text, "address": Text}
    return Batch(dialect, "mailed", **kinds)


@cache
def _mailing(dialect: str) -> Insert:
    """Rows of one source and revision; one that is there already, by contact or address, is left alone."""
    mailed, now = _mailed(dialect), bindparam("b_now", type_=deliveries.c.updated_at.type)
    values = {
        "id": mailed.c["id"],
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
    return insert_into(dialect, deliveries).from_select(list(values), rows).on_conflict_do_nothing()


def insert_mails(connection: Connection, about: Mapping[str, Any], mails: Sequence[NewMail]) -> None:
    """`about`: organisation, source, revision and moment, as the statement names them.

    Of two contacts with one address only the first gets the step; the other is named as skipped.
    """
    dialect, org_id = connection.dialect.name, about["b_org"]
    taken = (
        update(feeds)
        .where(feeds.c.org_id == org_id)
        .values(last_row_id=feeds.c.last_row_id + len(mails))
        .returning(feeds.c.last_row_id)
    )
    last = int(connection.execute(taken).scalar_one())
    rows = [(row_id, *mail) for row_id, mail in enumerate(mails, start=last - len(mails) + 1)]
    pending = {**about, "b_state": DeliveryState.PENDING.value, "b_reason": ""}
    result = connection.execute(
        _mailing(dialect),
        pending | _mailed(dialect).given(rows),
        execution_options={"preserve_rowcount": True},
    )
    if result.rowcount == len(mails):
        return
    ids = [row[0] for row in rows]
    found = select(deliveries.c.id).where(deliveries.c.org_id == org_id, deliveries.c.id.in_(ids))
    inserted = {row[0] for row in connection.execute(found)}
    left = [row for row in rows if row[0] not in inserted]
    if left:
        skipped = {**about, "b_state": DeliveryState.SKIPPED.value, "b_reason": DUPLICATE}
        connection.execute(_mailing(dialect), skipped | _mailed(dialect).given(left))


def move_people(connection: Connection, org_id: int, moves: Sequence[Move]) -> None:
    """Whoever is still in the sequence."""
    dialect = connection.dialect.name
    connection.execute(_moving(dialect), _moved(dialect).given((org_id, *move) for move in moves))
