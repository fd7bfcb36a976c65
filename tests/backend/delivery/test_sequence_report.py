"""The report of a sequence: its mails by step, its people, its links, and the course over months."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event
from backend.db.models.sequence import Sequence
from backend.delivery.course import MAX_POINTS
from backend.delivery.mailer import LostError, RefusedError, Stage
from contract.delivery import DeliveryState
from contract.reports import SequenceReport, StepCount
from tests.backend.delivery.process import Process
from tests.backend.delivery.test_response import A, B, linking, number
from tests.backend.delivery.test_state_machine import once
from tests.backend.delivery.world import World

HOUR = 3600
ANN, BO, CY = "ann@a.example", "bo@b.example", "cy@c.example"


class Running:
    """A sequence of a mail at once and one a day later, and what people do with them."""

    def __init__(self, world: World, id: str) -> None:
        self.world, self.id = world, id

    async def do(self, who: str, step: str, type: str, at: datetime, link: str = "", **fields: Any) -> None:
        async with self.world.database.writer(self.world.org_id) as session:
            query = select(DeliveryRecord).where(
                DeliveryRecord.address == who,
                DeliveryRecord.source_id == self.id,
                DeliveryRecord.step_id == step,
            )
            mail = (await session.scalars(query)).one()
            session.add(
                Event(
                    contact_id=mail.contact_id,
                    type=type,
                    delivery_id=mail.id,
                    link=number(link) if link else 0,
                    source_id=self.id,
                    first_at=at,
                    last_at=at,
                    **{"by_machine": False, "times": 1} | fields,
                )
            )

    async def report(self) -> SequenceReport:
        async with self.world.desk.reader(self.world.org_id) as session:
            row = (await session.scalars(select(Sequence).where(Sequence.id == self.id))).one()
            now = self.world.clock.now()
            return await self.world.sending.delivery.sequence_report(session, row, now)

    async def steps(self, *names: str) -> list[tuple[Any, ...]]:
        """Of each step these numbers."""
        return [tuple(getattr(step, name) for name in names) for step in (await self.report()).steps]


@pytest.fixture
async def running(world: World, process: Process) -> Running:
    """Both steps link; everybody has the first mail."""
    await world.add_contacts(ANN, BO, CY)
    sequence = await world.add_sequence(("hello", 0), ("tips", 24))
    steps = [
        {"id": id, "delayHours": hours, "contentJson": linking(address) | {"subject": id.title()}}
        for id, hours, address in (("hello", 0, A), ("tips", 24, B))
    ]
    await world.set_sequence(sequence, steps_json={"steps": steps})
    await world.publish(sequence)
    await process.work()
    return Running(world, sequence)


class TestSteps:
    async def test_each_says_what_became_of_its_mails_and_who_waits_for_it(
        self, world: World, process: Process, running: Running
    ):
        names = ("step_id", "place", "subject", "sent", "accepted", "waiting")
        assert await running.steps(*names) == [("hello", 1, "Hello", 3, 3, 0), ("tips", 2, "Tips", 0, 0, 3)]
        world.mailer.before_door = once(RefusedError(Stage.RCPT, 550, "5.1.1 unknown"), ANN)
        world.mailer.after_body = once(LostError("silence"), BO)
        await world.clock.advance(24 * HOUR)
        await process.work()
        assert await running.steps("sent", "bounced", "unknown", "waiting") == [(3, 0, 0, 0), (1, 1, 1, 0)]
        progress = (await running.report()).progress
        assert (progress.total, progress.accepted, progress.unknown) == (6, 4, 1)

    async def test_people_are_told_from_machines_and_count_once_for_each_mail(
        self, world: World, process: Process, running: Running
    ):
        await world.clock.advance(24 * HOUR)
        await process.work()
        at = world.clock.now()
        await running.do(ANN, "hello", "opened", at, times=9)
        await running.do(ANN, "hello", "clicked", at, A)
        await running.do(ANN, "tips", "clicked", at, B)
        await running.do(ANN, "tips", "opened", at, by_machine=True)
        await running.do(BO, "hello", "opened", at, by_machine=True)
        await running.do(CY, "tips", "clicked", at, B, by_machine=True)
        await running.do(CY, "tips", "unsubscribed", at)
        names = ("opened", "clicked", "machine_opened", "machine_clicked", "unsubscribed")
        assert await running.steps(*names) == [(1, 1, 1, 0, 0), (1, 1, 1, 1, 1)]
        seen = (await running.report()).response
        assert (seen.opened, seen.clicked, seen.machine_opened, seen.machine_clicked) == (2, 2, 2, 1)

    async def test_one_that_was_taken_out_keeps_its_numbers_at_the_end(
        self, world: World, process: Process, running: Running
    ):
        await world.publish(running.id, ("bye", 1), ("tips", 24))
        assert await running.steps("step_id", "place", "sent") == [
            ("bye", 1, 0), ("tips", 2, 0), ("hello", 0, 3)
        ]  # fmt: skip

    async def test_a_draft_has_none(self, world: World):
        report = await Running(world, await world.add_sequence(("hello", 0))).report()
        assert (report.steps, report.course.points, report.started_at) == ([], [], None)

    def test_every_number_of_a_step_is_among_its_mails(self):
        """A state that mails end in and no step would show is one that nobody sees."""
        ended = set(DeliveryState) - {
            *(DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.HANDED),
            *(DeliveryState.SOFT, DeliveryState.CANCELLED),
        }
        assert {state.value for state in ended} <= set(StepCount.model_fields)


class TestPeople:
    async def test_in_it_at_its_end_and_out_of_it_by_reason(
        self, world: World, process: Process, running: Running
    ):
        ann, bo = (
            row.contact_id for row in await world.rows(running.id) if row.address in (ANN, BO)
        )  # fmt: skip
        await world.set_contact(ann, status="unsubscribed")
        await world.set_contact(bo, status="bounced")
        await world.clock.advance(24 * HOUR)
        await process.work()
        await world.add_contacts("late@example.org")
        await world.clock.advance(60)
        await process.work()
        people = (await running.report()).people
        assert (people.active, people.finished, people.exited) == (1, 1, 2)
        assert people.exit_reasons == {"bounced": 1, "unsubscribed": 1}


class TestLinks:
    async def test_of_all_steps_and_of_what_they_said_before(self, world: World, running: Running):
        await running.do(ANN, "hello", "clicked", world.clock.now(), A)
        await world.publish(running.id, ("hello", 0))
        found = (await running.report()).links
        assert [(link.address, link.people) for link in found] == [(A, 1), (B, 0)]


class TestCourse:
    async def test_of_one_that_runs_for_long_the_last_months_are_shown(self, world: World, running: Running):
        began = world.clock.now()
        await world.clock.advance(200 * 24 * HOUR)
        now = world.clock.now()
        await running.do(ANN, "hello", "opened", now - timedelta(days=1))
        async with world.database.writer(world.org_id) as session:
            late = update(DeliveryRecord).where(DeliveryRecord.address == CY)
            await session.execute(late.values(updated_at=now - timedelta(days=2)))
        report = await running.report()
        assert (report.started_at, report.course.step_seconds) == (began, 24 * HOUR)
        assert len(report.course.points) <= MAX_POINTS
        assert [p.sent for p in report.course.points[-2:]] == [1, 0]
        assert sum(p.sent for p in report.course.points) == 1, "those of the first day are long ago"
        assert report.course.points[-1].opened == 1
