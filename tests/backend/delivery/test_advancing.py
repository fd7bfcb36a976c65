"""Moving people in a sequence: they are read outside the transaction that writes, and may have moved."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import ColumnElement, event, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery import advancing
from backend.delivery.due_people import FIRST, due_people
from backend.delivery.due_steps import Known, Memberships, Person, plan_batch
from backend.delivery.sequence_moves import Publication, moving, prepare
from backend.delivery.sequence_steps import Step
from backend.delivery.sources import Source, SourceKind
from backend.sequence_rules import Rules
from contract.ids import new_document_id
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import SEGMENT, EveryoneAudience, World

ANN, BO, CY = "ann@example.org", "bo@example.org", "cy@example.org"
HOUR, DAY = 3_600, 86_400
Meddle = Callable[[], Awaitable[None]]


@pytest.fixture
def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Meddle], None]:
    """Do something once, when a batch was planned and is about to be written."""
    planned: list[Meddle] = []
    write = world.database.write_ledger

    async def write_ledger(work: Any, **how: Any) -> Any:
        while how.get("in_turn") and planned:
            await planned.pop()()
        return await write(work, **how)

    monkeypatch.setattr(world.database, "write_ledger", write_ledger)
    return planned.append


async def mailed(world: World, sequence: str) -> list[tuple[str, str, str]]:
    return sorted((row.address, row.step_id, row.state) for row in await world.rows(sequence))


async def test_whoever_left_while_a_batch_was_planned_gets_nothing_and_the_others_do(
    world: World, process: Process, meanwhile: Callable[[Meddle], None]
) -> None:
    ann, bo = await world.add_contacts(ANN, BO)
    sequence = await world.add_sequence(("hello", 1), ("tips", 24))
    await world.publish(sequence)
    await process.work()

    async def let_ann_go() -> None:
        left = update(EnrolmentRecord).where(EnrolmentRecord.contact_id == ann)
        async with world.desk.writer(world.org_id) as session:
            values = {"state": "exited", "exit_reason": "bounced", "next_run_at": None}
            await session.execute(left.values(values), execution_options={"synchronize_session": False})

    await world.clock.advance(HOUR)
    meanwhile(let_ann_go)
    await process.work()
    assert await mailed(world, sequence) == [(BO, "hello", "accepted")]
    assert await world.runs(sequence) == [(ann, 1, "exited", "bounced"), (bo, 1, "active", "")]


async def test_steps_published_while_a_batch_was_planned_are_those_that_count(
    world: World, process: Process, meanwhile: Callable[[Meddle], None]
) -> None:
    (ann,) = await world.add_contacts(ANN)
    sequence = await world.add_sequence(("hello", 1), ("tips", 24))
    await world.publish(sequence)
    await process.work()
    await world.clock.advance(HOUR)
    meanwhile(lambda: world.publish(sequence, ("hello", 1), ("tips", 48)))
    await process.work()
    assert [(row.step_id, row.revision) for row in await world.rows(sequence)] == [("hello", 2)]
    standing = (await world.enrolments(sequence))[ann]
    assert standing.next_run_at == world.clock.now() + timedelta(days=2)


async def test_a_sequence_paused_while_a_batch_was_planned_moves_nobody(
    world: World, process: Process, meanwhile: Callable[[Meddle], None]
) -> None:
    await world.add_contacts(ANN, BO)
    sequence = await world.add_sequence(("hello", 1))
    await world.publish(sequence)
    await process.work()
    await world.clock.advance(HOUR)
    meanwhile(lambda: world.set_sequence(sequence, status="PAUSED"))
    await process.work()
    assert await mailed(world, sequence) == []
    await world.set_sequence(sequence, status="ACTIVE")
    await process.work()
    assert await mailed(world, sequence) == [(ANN, "hello", "accepted"), (BO, "hello", "accepted")]


async def test_of_two_contacts_with_one_address_the_first_gets_it_and_the_other_is_named(
    world: World, process: Process
) -> None:
    """Nobody enters with an address that is in it; but addresses change."""
    same = "idn@xn--bcher-kva.example"
    _, _, late, _ = await world.add_contacts(ANN, same, BO, CY)
    sequence = await world.add_sequence(("hello", 1), ("tips", 0))
    await world.publish(sequence)
    await process.work()
    await world.set_contact(late, email="idn@bücher.example")
    await world.clock.advance(HOUR)
    await process.work()
    both = [(same, "accepted"), (same, "skipped")]
    for step in ("hello", "tips"):
        got = [(address, state) for address, at, state in await mailed(world, sequence) if at == step]
        assert got == [(ANN, "accepted"), (CY, "accepted"), *both]
    skipped = [row for row in await world.rows(sequence) if row.state == "skipped"]
    assert {(row.contact_id, row.reason) for row in skipped} == {(late, "duplicate address")}


async def test_everyone_is_moved_once_however_many_batches_it_takes(
    world: World, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advancing, "BATCH", 3)
    emails = [f"c{number}@example.org" for number in range(10)]
    await world.add_contacts(*emails)
    sequence = await world.add_sequence(("hello", 0), ("again", 0), ("tips", 24))
    await world.publish(sequence)
    await process.work()
    steps = ("again", "hello")
    assert await mailed(world, sequence) == sorted((e, step, "accepted") for e in emails for step in steps)


async def test_two_sweeps_at_once_bring_nobody_in_twice(
    world: World, process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slower one read who is not in it before the faster one brought them in."""
    (ann,) = await world.add_contacts(ANN)
    sequence = await world.add_sequence(("hello", 0), reenterAfterDays=1)
    await world.publish(sequence)
    await process.work()
    await world.clock.advance(2 * DAY)
    sweep = partial(world.sending.tools.enroller.enrol, world.org_id, sequence)
    faster = [sweep]

    async def members(
        audience: EveryoneAudience, session: AsyncSession, segment_id: str, now: datetime
    ) -> ColumnElement[bool]:
        while faster:
            await faster.pop()()
        return await asked(audience, session, segment_id, now)

    asked = EveryoneAudience.members
    monkeypatch.setattr(EveryoneAudience, "members", members)
    await sweep()
    assert await world.runs(sequence) == [(ann, 1, "finished", ""), (ann, 2, "active", "")]


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)  # SQLite's plan is in test_indexes.py
async def test_a_batch_is_gone_through_once_where_nobody_counted_people_yet(world: World) -> None:
    """PostgreSQL took everyone in a sequence for one, and went through a whole batch for each of them."""
    source, ids = Source(world.org_id, SourceKind.SEQUENCE, new_document_id()), range(1, 1_001)
    people = [Person(id, id, 1, "hello", 0, 0, None, f"c{id}@example.org", "subscribed", None) for id in ids]
    known = Known([Step("hello", timedelta(0), {})], Rules(SEGMENT), {}, Memberships(), world.clock.now())
    prepared = prepare("postgresql", Publication(source, 1), people, plan_batch(people, known))

    def explain(connection: Connection) -> list[str]:
        connection.execute(
            text(
                "INSERT INTO enrolment (org_id, sequence_id, id, contact_id, run_no, revision, state,"
                " exit_reason, entered_at, entered_step_at)"
                " SELECT :org, :sequence, i, i, 1, 1, 'active', '', 0, 0 FROM generate_series(1, 4000) i"
            ),
            {"org": source.org_id, "sequence": source.id},
        )
        compiled = moving("postgresql").compile(dialect=connection.dialect)
        values = compiled.construct_params(dict(prepared.moved))
        return [row[0].strip() for row in connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {compiled}", values)]

    plan = await world.database.write_ledger(explain, inside=world.org_id)
    (batch,) = [step for step in plan if "Function Scan" in step]
    assert "loops=1)" in batch, plan


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
async def test_what_a_contact_got_is_asked_by_the_contact_alone(world: World) -> None:
    """While a ledger grows, PostgreSQL takes one index for as good as another, also that of the sequence.

    Each of 1,500 people then went through all of its mails: 11 s instead of 20 ms.
    """
    source, asked = Source(world.org_id, SourceKind.SEQUENCE, new_document_id()), []

    def look(connection: Connection) -> list[str]:
        def note(*call: Any) -> None:
            asked.append(call[2:4])

        event.listen(connection, "before_cursor_execute", note)
        due_people(connection, source, FIRST, world.clock.now(), 100)
        event.remove(connection, "before_cursor_execute", note)
        ((statement, parameters),) = asked
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]

    plan = await world.database.read_ledger(look, inside=world.org_id)
    (by,) = [step for step in plan if "Index Cond" in step and "contact_id = enrolment.contact_id" in step]
    assert "source_id" not in by
