"""ADVANCE: whoever's step is due gets a delivery row for it and begins to wait for the next step.

Both happen in one transaction, so nobody gets a step twice and nobody is forgotten in between.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.engine import Database
from backend.db.epoch import micros
from backend.db.models.sequence_run import SequenceRevision
from backend.delivery.agenda import enrolments
from backend.delivery.claims import contacts, sequences, suppressed_addresses
from backend.delivery.enrolling import ACTIVE, EXITED, FINISHED
from backend.delivery.fencing import deliveries
from backend.delivery.sequence_moves import Move, NewMail, insert_mails, move_people
from backend.delivery.sequence_steps import Step, Steps, find_step, following, read_steps
from backend.delivery.sources import Source
from backend.suppressing import mail_address
from contract.contacts import ContactStatus
from contract.transitions import SequenceStatus

BATCH = 500
ON_TIME = timedelta(minutes=5)
"""A step this late keeps the plan's hours; after a longer gap the next delay counts from now."""

sequence_revisions = cast(Table, SequenceRevision.__table__)


@dataclass(slots=True)
class _Moves:
    """What one batch writes."""

    mails: list[NewMail] = field(default_factory=list)
    people: list[Move] = field(default_factory=list)


async def _published(connection: AsyncConnection, source: Source) -> tuple[int, list[Step]] | None:
    """None unless it is active: the one look at its status in this transaction."""
    query = (
        select(sequence_revisions.c.revision, sequence_revisions.c.steps_json)
        .join(
            sequences,
            (sequences.c.org_id == sequence_revisions.c.org_id)
            & (sequences.c.id == sequence_revisions.c.sequence_id)
            & (sequences.c.published_revision == sequence_revisions.c.revision),
        )
        .where(
            sequences.c.org_id == source.org_id,
            sequences.c.id == source.id,
            sequences.c.status == SequenceStatus.ACTIVE,
        )
    )
    row = (await connection.execute(query)).first()
    return None if row is None else (row.revision, read_steps(row.steps_json))


async def _due(connection: AsyncConnection, source: Source, now: datetime) -> list[RowMapping]:
    query = (
        select(
            enrolments.c.id,
            enrolments.c.contact_id,
            enrolments.c.run_no,
            enrolments.c.step_id,
            enrolments.c.entered_step_at,
            enrolments.c.next_run_at,
            contacts.c.email,
            contacts.c.status,
        )
        .outerjoin(
            contacts,
            (contacts.c.org_id == enrolments.c.org_id) & (contacts.c.id == enrolments.c.contact_id),
        )
        .where(
            enrolments.c.org_id == source.org_id,
            enrolments.c.sequence_id == source.id,
            enrolments.c.state == ACTIVE,
            enrolments.c.next_run_at <= now,
        )
        .order_by(enrolments.c.next_run_at, enrolments.c.id)
        .limit(BATCH)
    )
    return list((await connection.execute(query)).mappings())


async def _received(
    connection: AsyncConnection, source: Source, people: Iterable[RowMapping]
) -> dict[tuple[int, int], set[str]]:
    """Steps each contact has a row for, by contact and run."""
    query = select(deliveries.c.contact_id, deliveries.c.run_no, deliveries.c.step_id).where(
        deliveries.c.org_id == source.org_id,
        deliveries.c.source_id == source.id,
        deliveries.c.contact_id.in_([person["contact_id"] for person in people]),
    )
    received: dict[tuple[int, int], set[str]] = {}
    for row in await connection.execute(query):
        received.setdefault((row.contact_id, row.run_no), set()).add(row.step_id)
    return received


def _reason_to_leave(person: RowMapping, suppressed: Mapping[str, str]) -> str:
    if person["status"] is None:
        return "contact was deleted"
    if person["status"] != ContactStatus.SUBSCRIBED:
        return str(person["status"])
    why = suppressed.get(mail_address(person["email"]))
    return f"suppressed: {why}" if why else ""


def _wait_for(step: Step | None, person: RowMapping, since: datetime) -> Move:
    if step is None:
        return person["id"], FINISHED, "", None, micros(since), None
    return person["id"], ACTIVE, "", step.id, micros(since), micros(since + step.delay)


def _leave(person: RowMapping, reason: str) -> Move:
    return person["id"], EXITED, reason, person["step_id"], micros(person["entered_step_at"]), None


def _plan_batch(
    people: Iterable[RowMapping],
    steps: Steps,
    *,
    received: Mapping[tuple[int, int], set[str]],
    suppressed: Mapping[str, str],
    now: datetime,
) -> _Moves:
    moves = _Moves()
    for person in people:
        reason = _reason_to_leave(person, suppressed)
        if reason:
            moves.people.append(_leave(person, reason))
            continue
        got = received.get((person["contact_id"], person["run_no"]), set())
        late = now - person["next_run_at"] > ON_TIME
        since = now if late else person["next_run_at"]
        if find_step(steps, person["step_id"]) and person["step_id"] not in got:
            address = mail_address(person["email"])
            moves.mails.append((person["contact_id"], person["run_no"], person["step_id"], address))
        moves.people.append(_wait_for(following(steps, person["step_id"], got), person, since))
    return moves


async def advance(database: Database, source: Source, now: datetime) -> int:
    """Move one batch of people whose step is due; how many that were.

    It takes the organisation's turn, so that nobody publishes other steps meanwhile.
    """
    async with database.ledger_writer(source.org_id, in_turn=True) as session:
        return await _advance(await session.connection(), source, now)


async def _advance(connection: AsyncConnection, source: Source, now: datetime) -> int:
    published = await _published(connection, source)
    people = await _due(connection, source, now) if published is not None else []
    if published is None or not people:
        return 0
    addresses = [mail_address(person["email"]) for person in people if person["email"]]
    suppressed = await connection.run_sync(suppressed_addresses, source.org_id, addresses)
    received = await _received(connection, source, people)
    revision, steps = published
    moves = _plan_batch(people, steps, received=received, suppressed=suppressed, now=now)
    if moves.mails:
        about = {"b_org": source.org_id, "b_source": source.id, "b_revision": revision, "b_now": now}
        await insert_mails(connection, about, moves.mails)
    await move_people(connection, source.org_id, moves.people)
    return len(people)
