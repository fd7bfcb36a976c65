"""The look that lets most ticks end at once: it must not miss anything, and must stay small."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, event, update

from backend.db.models.delivery import WorkerSession
from backend.delivery.mailer import Envelope, RefusedError, Stage
from backend.delivery.memory_mailer import MemoryMailer
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*call: object) -> None:
        seen.append(str(call[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def asked(process: Process) -> int:
    """How many statements one tick needs."""
    with statements() as seen:
        await process.jobs.tick("")
    return len([text for text in seen if text.startswith(("SELECT", "WITH", "UPDATE", "INSERT"))])


async def begun(world: World) -> str:
    """A sequence that everybody entered and whose first mail is out."""
    await world.add_contacts("ann@example.org", "bob@example.org")
    sequence = await world.add_sequence(("hello", 0), ("tips", 72))
    await world.publish(sequence)
    return sequence


async def later(envelope: Envelope, message: bytes) -> None:
    if envelope.recipient.startswith("bob"):
        raise RefusedError(Stage.RCPT, 451, "greylisted")


class TestQuiet:
    async def test_while_everybody_sleeps_one_statement_is_enough(self, world: World) -> None:
        await begun(world)
        async with world.process() as process:
            await process.work()
            assert len(world.mailer.taken) == 2
            assert await asked(process) == 1

    async def test_the_next_look_is_when_the_first_sleeper_is_due(self, world: World) -> None:
        await begun(world)
        async with world.process() as process:
            await process.work()
            process.engine.timers.clear()
            await process.jobs.tick("")
            moments = [moment for moment, _, job in process.engine.timers if job == ("tick", "")]
            assert moments == [world.clock.now() + timedelta(hours=72)]

    async def test_a_campaign_of_tomorrow_is_waited_for(self, world: World) -> None:
        tomorrow = world.clock.now() + timedelta(days=1)
        await world.add_campaign(send_at=tomorrow)
        async with world.process() as process:
            assert await asked(process) == 1
            assert [moment for moment, _, _ in process.engine.timers] == [tomorrow]


class TestNotQuiet:
    async def quietened(self, world: World, process: Process) -> None:
        await process.work()
        assert await asked(process) == 1

    async def test_a_worker_that_is_gone(self, world: World) -> None:
        await begun(world)
        async with world.process() as gone:
            async with world.process() as process:
                await self.quietened(world, process)
                unfenced = update(WorkerSession).where(WorkerSession.id == gone.session_id)
                async with world.database.system_writer() as session:
                    await session.execute(unfenced.values(fenced=False))
                await world.clock.advance(10)
                await process.jobs.tick("")
            async with world.database.system_reader() as session:
                assert (await session.get_one(WorkerSession, gone.session_id)).fenced

    async def test_a_publication_is_seen_at_once(self, world: World) -> None:
        sequence = await begun(world)
        async with world.process() as process:
            await self.quietened(world, process)
            await world.publish(sequence, ("hello", 0), ("tips", 0))
            await process.work()
            assert len(world.mailer.taken) == 4

    async def test_who_comes_into_the_segment_unannounced_is_found_within_a_minute(
        self, world: World
    ) -> None:
        """As with a segment that speaks of time: nothing in the organisation changed."""
        await begun(world)
        async with world.process() as process:
            await self.quietened(world, process)
            await world.add_contacts("eve@example.org")
            await process.work()
            assert len(world.mailer.taken) == 2
            await world.clock.advance(60)
            await process.work()
            assert len(world.mailer.taken) == 3

    async def test_a_mail_that_is_to_be_tried_again(self, world: World) -> None:
        await begun(world)
        async with world.process() as process:
            world.mailer.before_door = later
            await process.work()
            assert world.mailer.recipients() == ["ann@example.org"]
            world.mailer.before_door = MemoryMailer.before_door
            await world.clock.advance(100)
            await process.work()
            assert len(world.mailer.taken) == 2

    async def test_a_step_that_is_due_looks_at_no_one_else(self, world: World) -> None:
        """Looking for newcomers is a pass over all contacts; only a change or a minute is worth it."""
        await world.add_contacts("ann@example.org")
        sequence = await world.add_sequence(("hello", 0), ("tips", 0.01))
        await world.publish(sequence)
        async with world.process() as process:
            await process.work()
            await world.clock.advance(36)
            with statements() as seen:
                await process.work()
        assert world.subjects() == ["hello", "tips"]
        assert [text for text in seen if "NOT (EXISTS (SELECT enrolment.contact_id" in text] == []
