"""Worker sessions: who is alive, and what becomes of the rows of those who are not.

A row that was claimed had no byte sent; it goes back. A row that was handed may have arrived; it becomes
`unknown`, and nothing but a person sends it again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.models.campaign import Campaign
from backend.db.models.delivery import DeliveryRecord, WorkerSession
from contract.delivery import DeliveryState
from contract.transitions import CampaignStatus

LEASE = timedelta(seconds=8)
HEARTBEAT_SECONDS = 2.0
LOST_WORKER = "the worker ended before the server's answer was known"

deliveries = cast(Table, DeliveryRecord.__table__)
sessions = cast(Table, WorkerSession.__table__)
campaigns = cast(Table, Campaign.__table__)


def in_states(*states: DeliveryState) -> ColumnElement[bool]:
    """Spelled with constants: a database uses a partial index only where the text itself proves it fits."""
    return deliveries.c.state.in_([literal_column(f"'{state.value}'") for state in states])


WAITING = (DeliveryState.PENDING, DeliveryState.SOFT)
is_waiting = in_states(*WAITING)
is_held = in_states(DeliveryState.CLAIMED, DeliveryState.HANDED)


@dataclass(frozen=True, slots=True)
class Reaped:
    """How many sessions were found dead, and what they held."""

    sessions: int = 0
    returned: int = 0
    unknown: int = 0


async def begin_session(connection: AsyncConnection, session_id: str, now: datetime) -> None:
    """Note that a worker started."""
    row = {"id": session_id, "started_at": now, "expires_at": now + LEASE, "fenced": False}
    await connection.execute(insert(sessions), row)


async def renew_session(connection: AsyncConnection, session_id: str, now: datetime) -> bool:
    """The heartbeat; False if others have fenced the session, which is final."""
    mine = update(sessions).where(sessions.c.id == session_id, ~sessions.c.fenced)
    result = await connection.execute(mine.values(expires_at=now + LEASE))
    return result.rowcount == 1


_hold = select(sessions.c.id).where(sessions.c.id == bindparam("b_id")).with_for_update(read=True)


def hold_session(connection: Connection, session_id: str) -> None:
    """Keep the session from being fenced until this transaction ends; SQLite's only writer needs no lock.

    Whoever fences it waits for what was taken here, and then sees it.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_hold, {"b_id": session_id})


def alive(
    session_id: str | BindParameter[str], now: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """Holds while the session may take rows and open the door. Only sure after `hold_session`."""
    return exists(sessions.c.id).where(_living(session_id, now))


def _living(
    session_id: str | BindParameter[str], now: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    return and_(sessions.c.id == session_id, ~sessions.c.fenced, sessions.c.expires_at > now)


def held_alive(session_id: BindParameter[str], now: BindParameter[datetime]) -> ColumnElement[bool]:
    """`alive` with `hold_session` in the same statement: it waits for who is fencing, and looks again."""
    living = select(sessions.c.id).where(_living(session_id, now)).with_for_update(read=True)
    return exists(select(living.cte("living").c.id))


async def crew(connection: AsyncConnection, now: datetime) -> list[str]:
    """The sessions that are alive."""
    query = select(sessions.c.id).where(~sessions.c.fenced, sessions.c.expires_at > now)
    return [row[0] for row in await connection.execute(query)]


def cancelled_campaign() -> ColumnElement[bool]:
    """Holds for a delivery whose campaign was cancelled."""
    return exists(campaigns.c.id).where(
        campaigns.c.org_id == deliveries.c.org_id,
        campaigns.c.id == deliveries.c.source_id,
        campaigns.c.status == CampaignStatus.CANCELLED,
    )


async def fence(connection: AsyncConnection, dead: Select[tuple[str]], now: datetime) -> Reaped:
    """Fence the sessions of this query and settle what they held, in the caller's transaction.

    They are locked first: one whose heartbeat came in the meantime is not dead.
    """
    ids = [row[0] for row in await connection.execute(dead.with_for_update())]
    if not ids:
        return Reaped()
    await connection.execute(update(sessions).where(sessions.c.id.in_(ids)).values(fenced=True))
    held = deliveries.c.session_id.in_(ids) & is_held
    handed = and_(held, deliveries.c.state == DeliveryState.HANDED)
    claimed = and_(held, deliveries.c.state == DeliveryState.CLAIMED)
    unknown = await connection.execute(
        update(deliveries)
        .where(handed)
        .values(state=DeliveryState.UNKNOWN, reason=LOST_WORKER, due_at=None, updated_at=now)
    )
    cancelled = await connection.execute(
        update(deliveries)
        .where(claimed, cancelled_campaign())
        .values(state=DeliveryState.CANCELLED, session_id=None, due_at=None, updated_at=now)
    )
    returned = await connection.execute(
        update(deliveries)
        .where(claimed)
        .values(
            state=DeliveryState.PENDING,
            session_id=None,
            attempts=deliveries.c.attempts - 1,
            updated_at=now,
        )
    )
    return Reaped(len(ids), returned.rowcount + cancelled.rowcount, unknown.rowcount)


def others(session_id: str | BindParameter[str]) -> Select[tuple[str]]:
    """Every session but this one: dead by definition where only one worker may run."""
    return select(sessions.c.id).where(sessions.c.id != session_id, ~sessions.c.fenced)


def expired(
    session_id: str | BindParameter[str], now: datetime | BindParameter[datetime]
) -> Select[tuple[str]]:
    """Others whose lease ran out."""
    return others(session_id).where(sessions.c.expires_at <= now)


def this_one(session_id: str) -> Select[tuple[str]]:
    """A session that ends by itself."""
    return select(sessions.c.id).where(sessions.c.id == session_id, ~sessions.c.fenced)
