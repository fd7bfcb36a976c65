"""HAND, DONE and BACK: the three writes of the ledger while mails are on their way.

HAND is the fence. It is committed before the first byte of a body is written, and it asks everything again
that may have changed since CLAIM: is our session alive, is the row ours, was its content corrected, may the
source send, may this contact still be mailed.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import groupby

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Text,
    Update,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.sql.dml import ReturningUpdate

from backend.db.batches import Batch
from backend.db.epoch import micros
from backend.db.planner import unindexed
from backend.delivery.claims import contacts, sending_of
from backend.delivery.fencing import cancelled_campaign, deliveries, held_alive, is_held
from backend.delivery.outcomes import Outcome
from backend.delivery.sources import Claimed, Source, SourceKind
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState

SETTLING = (DeliveryState.CLAIMED, DeliveryState.HANDED, DeliveryState.UNKNOWN)
"""A late answer may still settle a row that was reaped as unknown, if it is the owner's."""

_now = bindparam("b_now", type_=deliveries.c.updated_at.type)


def _mine(*states: DeliveryState) -> ColumnElement[bool]:
    """Held by this session in one of these states.

    Rows are found by their keys: PostgreSQL might else read all that the session holds for each of them.
    """
    held = or_(*(deliveries.c.state == state.value for state in states))
    return unindexed(held & (deliveries.c.session_id == bindparam("b_session")))


def _by_revision(rows: Sequence[Claimed]) -> list[tuple[Source, int, list[int]]]:
    def key(row: Claimed) -> tuple[int, str, int]:
        return row.source.org_id, row.source.id, row.revision

    grouped = [list(group) for _, group in groupby(sorted(rows, key=key), key)]
    return [(group[0].source, group[0].revision, [row.id for row in group]) for group in grouped]


def hand(
    connection: Connection, rows: Sequence[Claimed], session_id: str, now: datetime
) -> set[tuple[int, int]]:
    """(organisation, id) of the rows whose body may be written once this transaction is committed."""
    opened: set[tuple[int, int]] = set()
    dialect = connection.dialect.name
    for source, revision, ids in _by_revision(rows):
        about = {"b_org": source.org_id, "b_source": source.id, "b_revision": revision}
        given = _handed(dialect).given((id,) for id in ids)
        handed = connection.execute(
            _handing(dialect, source.kind), {**about, **given, "b_session": session_id, "b_now": now}
        )
        opened |= {(source.org_id, row[0]) for row in handed}
    return opened


@cache
def _handed(dialect: str) -> Batch:
    return Batch(dialect, "handed", id=BigInteger)


@cache
def _handing(dialect: str, kind: SourceKind) -> ReturningUpdate[int]:
    """Built once: making it would cost more than running it."""
    status = select(contacts.c.status).where(
        contacts.c.org_id == deliveries.c.org_id, contacts.c.id == deliveries.c.contact_id
    )
    return (
        update(deliveries)
        .where(
            deliveries.c.org_id == bindparam("b_org"),
            _handed(dialect).holds(deliveries.c.id),
            _mine(DeliveryState.CLAIMED),
            deliveries.c.revision == bindparam("b_revision"),
            held_alive(bindparam("b_session"), _now),
            sending_of(kind, bindparam("b_org"), bindparam("b_source")),
            status.scalar_subquery() == ContactStatus.SUBSCRIBED,  # an EXISTS might be begun at the contacts
        )
        .values(state=DeliveryState.HANDED, updated_at=_now)
        .returning(deliveries.c.id)
    )


def settle(
    connection: Connection,
    ends: Sequence[tuple[Claimed, Outcome]],
    session_id: str,
    now: datetime,
) -> None:
    """DONE: note how these mails ended."""
    dialect = connection.dialect.name
    given = _ended(dialect).given(
        (row.source.org_id, row.id, end.state.value, end.reason, end.due_at and micros(end.due_at))
        for row, end in ends
    )
    connection.execute(_settling(dialect), {**given, "b_session": session_id, "b_now": now})


@cache
def _ended(dialect: str) -> Batch:
    kinds = {"org": BigInteger, "id": BigInteger, "state": Text, "reason": Text, "due": BigInteger}
    return Batch(dialect, "ended", **kinds)


@cache
def _settling(dialect: str) -> Update:
    ended = _ended(dialect)
    return (
        update(deliveries)
        .where(
            deliveries.c.org_id == ended.c["org"],
            deliveries.c.id == ended.c["id"],
            _mine(*SETTLING),
        )
        .values(state=ended.c["state"], reason=ended.c["reason"], due_at=ended.c["due"], updated_at=_now)
    )


def give_back(connection: Connection, rows: Sequence[Claimed], session_id: str, now: datetime) -> None:
    """BACK: nothing was sent, so it waits as before; unless its campaign was cancelled meanwhile.

    A row may be marked as handed without its worker knowing: the answer to the commit was lost.
    """
    for source, _, ids in _by_revision(rows):
        mine = (
            update(deliveries)
            .where(
                deliveries.c.org_id == source.org_id,
                deliveries.c.id.in_(ids),
                is_held,
                deliveries.c.session_id == session_id,
            )
            .values(session_id=None, updated_at=now)
        )
        cancelled = mine.where(cancelled_campaign()).values(state=DeliveryState.CANCELLED, due_at=None)
        connection.execute(cancelled)
        attempts = deliveries.c.attempts - 1
        connection.execute(mine.values(state=DeliveryState.PENDING, attempts=attempts))
