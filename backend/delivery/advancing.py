"""ADVANCE: whoever's step is due gets a delivery row for it and begins to wait for the next step.

Both happen in one transaction, so nobody gets a step twice and nobody is forgotten in between. By which rules
is in due_steps.py.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.engine import Database
from backend.db.models.sequence_run import SequenceRevision
from backend.delivery.agenda import enrolments, is_in_it
from backend.delivery.claims import contacts, sequences, suppressed_addresses
from backend.delivery.due_steps import Known, Memberships, Person, plan_batch
from backend.delivery.fencing import deliveries
from backend.delivery.memberships import find_memberships
from backend.delivery.sequence_moves import insert_mails, move_people
from backend.delivery.sequence_steps import Step, read_steps
from backend.delivery.sources import Source
from backend.ports import Audience
from backend.sequence_rules import Rules, published_rules
from backend.suppressing import mail_address
from contract.transitions import SequenceStatus

BATCH = 500

sequence_revisions = cast(Table, SequenceRevision.__table__)


async def _published(connection: AsyncConnection, source: Source) -> tuple[int, list[Step], Rules] | None:
    """None unless it is active: the one look at its status in this transaction."""
    query = (
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
            sequences.c.org_id == source.org_id,
            sequences.c.id == source.id,
            sequences.c.status == SequenceStatus.ACTIVE,
        )
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    return row.revision, read_steps(row.steps_json), published_rules(row.published_rules, row.segment_id)


async def _due(connection: AsyncConnection, source: Source, now: datetime) -> list[Person]:
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
            contacts.c.time_zone,
        )
        .outerjoin(
            contacts,
            (contacts.c.org_id == enrolments.c.org_id) & (contacts.c.id == enrolments.c.contact_id),
        )
        .where(
            enrolments.c.org_id == source.org_id,
            enrolments.c.sequence_id == source.id,
            is_in_it,
            enrolments.c.next_run_at <= now,
        )
        .order_by(enrolments.c.next_run_at, enrolments.c.id)
        .limit(BATCH)
    )
    return cast(list[Person], (await connection.execute(query)).all())


async def _received(
    connection: AsyncConnection, source: Source, people: Sequence[Person]
) -> dict[tuple[int, int], set[str]]:
    """Steps each contact has a row for, by contact and run."""
    query = select(deliveries.c.contact_id, deliveries.c.run_no, deliveries.c.step_id).where(
        deliveries.c.org_id == source.org_id,
        deliveries.c.source_id == source.id,
        deliveries.c.contact_id.in_([person.contact_id for person in people]),
    )
    received: dict[tuple[int, int], set[str]] = {}
    for row in await connection.execute(query):
        received.setdefault((row.contact_id, row.run_no), set()).add(row.step_id)
    return received


async def advance(database: Database, audience: Audience, source: Source, now: datetime) -> int:
    """Move one batch of people whose step is due; how many that were.

    It takes the organisation's turn, so that nobody publishes other steps meanwhile.
    """
    async with database.ledger_writer(source.org_id, in_turn=True) as session:
        connection = await session.connection()
        published = await _published(connection, source)
        people = await _due(connection, source, now) if published is not None else []
        if published is None or not people:
            return 0
        revision, steps, rules = published
        ids = [person.contact_id for person in people]
        memberships = Memberships()
        if rules.asks_about:  # of a reader: segments are compiled for an organisation's session
            async with database.reader(source.org_id) as reader:
                memberships = await find_memberships(audience, reader, rules, ids, now)
        suppressed = await _suppressed(connection, source, people)
        received = await _received(connection, source, people)
        moves = plan_batch(people, Known(steps, rules, received, suppressed, memberships, now))
        if moves.mails:
            about = {"b_org": source.org_id, "b_source": source.id, "b_revision": revision, "b_now": now}
            await insert_mails(connection, about, moves.mails)
        await move_people(connection, source.org_id, moves.people)
        return len(people)


async def _suppressed(
    connection: AsyncConnection, source: Source, people: Sequence[Person]
) -> dict[str, str]:
    addresses = [mail_address(person.email) for person in people if person.email]
    return await connection.run_sync(suppressed_addresses, source.org_id, addresses)
