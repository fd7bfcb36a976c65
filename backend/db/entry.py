"""Telling PostgreSQL whom a transaction belongs to, before its first statement.

Row-level security compares rows with settings that last for one transaction, so that a pooled connection
never carries an organisation over to its next user. An organisation's transaction also takes on the
application's plain role, whoever connected: a worker, which sees the state of every organisation's mails,
reads contacts and content of one organisation only.

A transaction that writes waits here for the organisation's other writers, as on SQLite. So whatever a
service reads before it writes still holds when it writes: no update is lost, and no service has to lock.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import TextClause, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from backend.db.session import OrgSession
from backend.db.standing import ENTER, FUNCTION, MEMBER, STANDING, Member

APP_ROLE = "handbill_app"

_ROLE = f"set_config('role', '{APP_ROLE}', true)"
_ORG = "set_config('app.org_id', :org_id, true)"
_USER = "set_config('app.user_id', :user_id, true)"
_TURN = "x'48616e6462696c6c'::bigint # {org_id}"
"""The lock of an organisation; the constant keeps it apart from those of other programs in the database."""

ENTRANCE = FUNCTION.format(role=APP_ROLE, turn=_TURN.format(org_id="org"))
"""What makes the function that `ENTER` calls."""

_WRITE = text(
    f"SELECT {_ROLE}, {_ORG}, pg_advisory_xact_lock({_TURN.format(org_id='cast(:org_id as bigint)')})"
)
_AS_ORG = text(f"SELECT {_ORG}")
_PATIENT = "set_config('idle_in_transaction_session_timeout', '0', true)"
"""A reader holds no lock, and may be at rest for long while what it reads is worked on."""
_INSIDE = text(f"SELECT {_ROLE}, {_ORG}")
_READ = text(f"SELECT {_ROLE}, {_ORG}, {_PATIENT}")
_WHERE = "current_setting('role') AS role, current_setting('app.org_id', true) AS org_id"
_GO_INSIDE = text(f"SELECT {_WHERE}, {_ROLE}, {_ORG}")
_GO_BACK = text(f"SELECT set_config('role', :role, true), {_ORG}")
_AS_USER = text(f"SELECT {_USER}, {_ORG}")


class SystemSession(Session):
    """A session without a border in Python: for sign-in, administration and workers only."""


def _tell(connection: Connection, statement: TextClause, **ids: int | None) -> None:
    connection.execute(statement, {name: "" if value is None else str(value) for name, value in ids.items()})


@event.listens_for(OrgSession, "after_begin")
def _enter(session: OrgSession, transaction: SessionTransaction, connection: Connection) -> None:
    del transaction
    if connection.dialect.name != "postgresql":
        return
    writes = bool(session.info.get("writes"))
    member: Member | None = session.info.get(MEMBER)
    if member is None:
        _tell(connection, _WRITE if writes else _READ, org_id=session.org_id)
        return
    whose = {"user_id": member.user_id, "family": member.family, "writes": writes}
    session.info[STANDING] = connection.execute(ENTER, {"org_id": session.org_id} | whose).first()


@event.listens_for(SystemSession, "after_begin")
def _enter_as_user(session: SystemSession, transaction: SessionTransaction, connection: Connection) -> None:
    del transaction
    if connection.dialect.name != "postgresql":
        return
    user_id, org_id = session.info.get("user_id"), session.info.get("org_id")
    if inside := session.info.get("inside"):
        stay_inside(connection, inside)
    elif user_id or org_id:
        _tell(connection, _AS_USER, user_id=user_id, org_id=org_id)


async def enter_organisation(session: AsyncSession, org_id: int) -> None:
    """Let the rest of a system session's transaction reach the rows of one organisation.

    SQLite has no second border and needs no telling.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(_AS_ORG, {"org_id": str(org_id)})


def stay_inside(connection: Connection, org_id: int, *, in_turn: bool = False) -> None:
    """For a worker, a whole transaction: contacts and content of one organisation, nothing of others.

    `in_turn`: after the organisation's other writers, and before those to come.
    """
    if connection.dialect.name == "postgresql":
        _tell(connection, _WRITE if in_turn else _INSIDE, org_id=org_id)


def go_inside(connection: Connection, org_id: int) -> dict[str, str]:
    """`stay_inside` for a part of a transaction.

    What is returned leads back. What is raised until then must end the transaction, as every error of
    PostgreSQL does.
    """
    if connection.dialect.name != "postgresql":
        return {}
    came_from = connection.execute(_GO_INSIDE, {"org_id": str(org_id)}).one()
    return {"role": came_from.role, "org_id": came_from.org_id or ""}


def go_back(connection: Connection, came_from: dict[str, str]) -> None:
    """To where `go_inside` was called."""
    if came_from:
        connection.execute(_GO_BACK, came_from)


@asynccontextmanager
async def inside_organisation(connection: AsyncConnection, org_id: int) -> AsyncIterator[None]:
    """`go_inside` for the length of a block."""
    came_from = await connection.run_sync(go_inside, org_id)
    yield
    await connection.run_sync(go_back, came_from)
