"""ADVANCE: whoever's step is due gets a delivery row for it and begins to wait for the next step.

Both happen in one transaction, so nobody gets a step twice and nobody is forgotten in between. By which rules
is in due_steps.py.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, Select, Table, Text, bindparam, func, select
from sqlalchemy.engine import Connection

from backend.db.batches import Batch
from backend.db.engine import Database
from backend.db.models.sequence_run import SequenceRevision
from backend.db.planner import few, unindexed
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

BATCH = 1_500
"""So many people at most hold up the organisation's other writers at a time."""

sequence_revisions = cast(Table, SequenceRevision.__table__)

Ask = Callable[[Rules, Sequence[int]], Memberships]


class _Published(NamedTuple):
    revision: int
    steps: list[Step]
    rules: Rules


async def advance(database: Database, audience: Audience, source: Source, now: datetime) -> int:
    """Move one batch of people whose step is due; how many that were.

    It takes the organisation's turn, so that nobody publishes other steps meanwhile.
    """
    loop = asyncio.get_running_loop()

    async def find(rules: Rules, contact_ids: Sequence[int]) -> Memberships:
        async with database.reader(source.org_id) as session:
            return await find_memberships(audience, session, rules, contact_ids, now)

    def ask(rules: Rules, contact_ids: Sequence[int]) -> Memberships:
        """Of a reader on the loop, which is not held up: segments are asked in an organisation's session."""
        if not rules.asks_about:
            return Memberships()
        return asyncio.run_coroutine_threadsafe(find(rules, contact_ids), loop).result()

    work = partial(_advance, source=source, ask=ask, now=now)
    return await database.write_ledger(work, inside=source.org_id, in_turn=True, thread="moves")


def _advance(connection: Connection, source: Source, ask: Ask, now: datetime) -> int:
    about = {"b_org": source.org_id, "b_source": source.id, "b_now": now}
    published = _published(connection, about)
    people = _due(connection, about) if published is not None else []
    if published is None or not people:
        return 0
    addresses = [mail_address(person.email) for person in people if person.email]
    contact_ids = [person.contact_id for person in people]
    known = Known(
        steps=published.steps,
        rules=published.rules,
        received=_received(connection, about, people),
        suppressed=suppressed_addresses(connection, source.org_id, addresses),
        memberships=ask(published.rules, contact_ids),
        now=now,
    )
    moves = plan_batch(people, known)
    if moves.mails:
        insert_mails(connection, {**about, "b_revision": published.revision}, moves.mails)
    move_people(connection, source.org_id, moves.people)
    return len(people)


def _published(connection: Connection, about: dict[str, Any]) -> _Published | None:
    """None unless it is active: the one look at its status in this transaction."""
    row = connection.execute(_publications(), about).first()
    if row is None:
        return None
    rules = published_rules(row.published_rules, row.segment_id)
    return _Published(row.revision, read_steps(row.steps_json), rules)


@cache
def _publications() -> Select[Any]:
    """Built once, like the others: making it would cost more than running it."""
    return (
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
            sequences.c.org_id == bindparam("b_org"),
            sequences.c.id == bindparam("b_source"),
            sequences.c.status == SequenceStatus.ACTIVE,
        )
    )


def _due(connection: Connection, about: dict[str, Any]) -> list[Person]:
    return cast(list[Person], connection.execute(_due_people(), about).all())


@cache
def _due_people() -> Select[Any]:
    return (
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
            enrolments.c.org_id == bindparam("b_org"),
            enrolments.c.sequence_id == bindparam("b_source"),
            is_in_it,
            enrolments.c.next_run_at <= bindparam("b_now"),
        )
        .order_by(enrolments.c.next_run_at, enrolments.c.id)
        .limit(BATCH)
    )


def _received(
    connection: Connection, about: dict[str, Any], people: Sequence[Person]
) -> dict[tuple[int, int], frozenset[str]]:
    """Steps each contact has a row for, by contact and run."""
    dialect = connection.dialect.name
    given = _runs(dialect).given((person.contact_id, person.run_no) for person in people)
    rows = connection.execute(_receipts(dialect), about | given)
    return {(row.contact, row.run): frozenset(row.steps.split()) for row in rows if row.steps}


@cache
def _runs(dialect: str) -> Batch:
    return Batch(dialect, "runs", contact=BigInteger, run=BigInteger)


@cache
def _receipts(dialect: str) -> Select[Any]:
    """Asked for each contact by its own index, and not begun at all mails of the sequence."""
    runs = _runs(dialect)
    steps = select(func.aggregate_strings(deliveries.c.step_id, " ")).where(
        deliveries.c.org_id == bindparam("b_org"),
        few(deliveries.c.contact_id == runs.c["contact"]),
        unindexed(
            (deliveries.c.source_id == bindparam("b_source", type_=Text))
            & (deliveries.c.run_no == runs.c["run"])
        ),
    )
    return select(
        runs.c["contact"].label("contact"),
        runs.c["run"].label("run"),
        steps.scalar_subquery().label("steps"),
    ).select_from(runs.table)
