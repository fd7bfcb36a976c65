"""HAND, DONE and BACK: the three writes of the ledger while mails are on their way.

HAND is the fence. It is committed before the first byte of a body is written, and it asks everything again
that may have changed since CLAIM: is our session alive, is the row ours, was its content corrected, may the
source send, may this contact still be mailed.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, exists, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

from backend.delivery.claims import contacts, sending_of
from backend.delivery.fencing import alive, cancelled_campaign, deliveries, hold_session, is_held
from backend.delivery.outcomes import Outcome
from backend.delivery.sources import Claimed, Source, SourceKind
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState

SETTLING = (DeliveryState.CLAIMED, DeliveryState.HANDED, DeliveryState.UNKNOWN)
"""A late answer may still settle a row that was reaped as unknown, if it is the owner's."""

_done = (
    update(deliveries)
    .where(
        deliveries.c.org_id == bindparam("b_org"),
        deliveries.c.id == bindparam("b_id"),
        deliveries.c.session_id == bindparam("b_session"),
        or_(*(deliveries.c.state == state.value for state in SETTLING)),  # IN takes no list of parameters
    )
    .values(
        state=bindparam("b_state", type_=deliveries.c.state.type),
        reason=bindparam("b_reason", type_=deliveries.c.reason.type),
        due_at=bindparam("b_due", type_=deliveries.c.due_at.type),
        updated_at=bindparam("b_now", type_=deliveries.c.updated_at.type),
    )
)


def _by_revision(rows: Sequence[Claimed]) -> list[tuple[Source, int, list[int]]]:
    def key(row: Claimed) -> tuple[int, str, int]:
        return row.source.org_id, row.source.id, row.revision

    grouped = [list(group) for _, group in groupby(sorted(rows, key=key), key)]
    return [(group[0].source, group[0].revision, [row.id for row in group]) for group in grouped]


async def hand(
    connection: AsyncConnection, rows: Sequence[Claimed], session_id: str, now: datetime
) -> set[tuple[int, int]]:
    """(organisation, id) of the rows whose body may be written once this transaction is committed."""
    opened: set[tuple[int, int]] = set()
    await hold_session(connection, session_id)
    for source, revision, ids in _by_revision(rows):
        handed = await connection.execute(
            _handing(source.kind),
            {
                "b_org": source.org_id,
                "b_source": source.id,
                "b_ids": ids,
                "b_revision": revision,
                "b_session": session_id,
                "b_now": now,
            },
        )
        opened |= {(source.org_id, row[0]) for row in handed}
    return opened


@cache
def _handing(kind: SourceKind) -> ReturningUpdate[int]:
    """Built once: making it would cost more than running it."""
    may_be_mailed = exists(contacts.c.id).where(
        contacts.c.org_id == deliveries.c.org_id,
        contacts.c.id == deliveries.c.contact_id,
        contacts.c.status == ContactStatus.SUBSCRIBED,
    )
    return (
        update(deliveries)
        .where(
            deliveries.c.org_id == bindparam("b_org"),
            deliveries.c.id.in_(bindparam("b_ids", expanding=True)),
            deliveries.c.state == DeliveryState.CLAIMED,
            deliveries.c.session_id == bindparam("b_session"),
            deliveries.c.revision == bindparam("b_revision"),
            alive(bindparam("b_session"), bindparam("b_now", type_=deliveries.c.updated_at.type)),
            sending_of(kind, bindparam("b_org"), bindparam("b_source")),
            may_be_mailed,
        )
        .values(
            state=DeliveryState.HANDED,
            updated_at=bindparam("b_now", type_=deliveries.c.updated_at.type),
        )
        .returning(deliveries.c.id)
    )


async def settle(
    connection: AsyncConnection,
    ends: Sequence[tuple[Claimed, Outcome]],
    session_id: str,
    now: datetime,
) -> None:
    """DONE: note how these mails ended."""
    parameters: list[dict[str, Any]] = [
        {
            "b_org": row.source.org_id,
            "b_id": row.id,
            "b_session": session_id,
            "b_state": outcome.state,
            "b_reason": outcome.reason,
            "b_due": outcome.due_at,
            "b_now": now,
        }
        for row, outcome in ends
    ]
    await connection.execute(_done, parameters)


async def give_back(
    connection: AsyncConnection, rows: Sequence[Claimed], session_id: str, now: datetime
) -> None:
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
        await connection.execute(cancelled)
        attempts = deliveries.c.attempts - 1
        await connection.execute(mine.values(state=DeliveryState.PENDING, attempts=attempts))
