"""ADVANCE: whoever's step is due gets a delivery row for it and begins to wait for the next step.

Both happen in one transaction, so nobody gets a step twice and nobody is forgotten in between.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import RowMapping, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.engine import Database
from backend.db.models.feed import OrgFeed
from backend.db.models.sequence_run import SequenceRevision
from backend.db.upserts import insert_into
from backend.delivery.agenda import enrolments
from backend.delivery.audience import DUPLICATE
from backend.delivery.claims import contacts, sequences, suppressed_addresses
from backend.delivery.enrolling import ACTIVE, EXITED, FINISHED
from backend.delivery.fencing import deliveries
from backend.delivery.sequence_steps import Step, Steps, find_step, following, read_steps
from backend.delivery.sources import Source
from backend.suppressing import mail_address
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState
from contract.transitions import SequenceStatus

BATCH = 500
ON_TIME = timedelta(minutes=5)
"""A step this late keeps the plan's hours; after a longer gap the next delay counts from now."""

feeds = cast(Table, OrgFeed.__table__)
sequence_revisions = cast(Table, SequenceRevision.__table__)


@dataclass(slots=True)
class _Moves:
    """What one batch writes."""

    mails: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)


_move = (
    update(enrolments)
    .where(
        enrolments.c.org_id == bindparam("b_org"),
        enrolments.c.id == bindparam("b_id"),
        enrolments.c.state == ACTIVE,
    )
    .values(
        state=bindparam("b_state"),
        exit_reason=bindparam("b_reason"),
        step_id=bindparam("b_step"),
        entered_step_at=bindparam("b_entered", type_=enrolments.c.entered_step_at.type),
        next_run_at=bindparam("b_next", type_=enrolments.c.next_run_at.type),
    )
)


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


def _wait_for(step: Step | None, person: RowMapping, since: datetime) -> dict[str, Any]:
    return {
        "b_state": ACTIVE if step else FINISHED,
        "b_reason": "",
        "b_step": step.id if step else None,
        "b_entered": since,
        "b_next": since + step.delay if step else None,
        "b_id": person["id"],
    }


def _leave(person: RowMapping, reason: str) -> dict[str, Any]:
    stay = {"b_step": person["step_id"], "b_entered": person["entered_step_at"], "b_next": None}
    return {"b_state": EXITED, "b_reason": reason, "b_id": person["id"], **stay}


def _mail(source: Source, person: RowMapping, revision: int, now: datetime) -> dict[str, Any]:
    return {
        "org_id": source.org_id,
        "source_id": source.id,
        "step_id": person["step_id"],
        "run_no": person["run_no"],
        "revision": revision,
        "contact_id": person["contact_id"],
        "address": mail_address(person["email"]),
        "state": DeliveryState.PENDING,
        "reason": "",
        "attempts": 0,
        "due_at": now,
        "updated_at": now,
    }


def _plan_batch(
    source: Source,
    people: Iterable[RowMapping],
    published: tuple[int, Steps],
    *,
    received: Mapping[tuple[int, int], set[str]],
    suppressed: Mapping[str, str],
    now: datetime,
) -> _Moves:
    revision, steps = published
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
            moves.mails.append(_mail(source, person, revision, now))
        moves.people.append(_wait_for(following(steps, person["step_id"], got), person, since))
    return moves


async def _insert_mails(connection: AsyncConnection, org_id: int, mails: list[dict[str, Any]]) -> None:
    """Of two contacts with one address only the first gets the step; the other is named as skipped."""
    taken = (
        update(feeds)
        .where(feeds.c.org_id == org_id)
        .values(last_row_id=feeds.c.last_row_id + len(mails))
        .returning(feeds.c.last_row_id)
    )
    last = int((await connection.execute(taken)).scalar_one())
    for row_id, mail in enumerate(mails, start=last - len(mails) + 1):
        mail["id"] = row_id
    result = await connection.execute(
        insert_into(connection.dialect.name, deliveries).on_conflict_do_nothing(), mails
    )
    if result.rowcount == len(mails):
        return
    ids = [mail["id"] for mail in mails]
    found = select(deliveries.c.id).where(deliveries.c.org_id == org_id, deliveries.c.id.in_(ids))
    inserted = {row[0] for row in await connection.execute(found)}
    skipped = {"state": DeliveryState.SKIPPED, "reason": DUPLICATE, "due_at": None}
    left = [mail | skipped for mail in mails if mail["id"] not in inserted]
    if left:
        await connection.execute(
            insert_into(connection.dialect.name, deliveries).on_conflict_do_nothing(), left
        )


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
    moves = _plan_batch(source, people, published, received=received, suppressed=suppressed, now=now)
    if moves.mails:
        await _insert_mails(connection, source.org_id, moves.mails)
    await connection.execute(_move, [move | {"b_org": source.org_id} for move in moves.people])
    return len(people)
