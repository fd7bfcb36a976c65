"""The worker as a whole: its start, its graceful end, and rude servers on a real socket."""

import asyncio
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from backend.db.models.delivery import WorkerSession
from backend.delivery.accounts import DefaultAccount
from backend.delivery.mailer import Envelope, ServerLogin
from backend.delivery.sending import assemble
from backend.delivery.smtp_mailer import SmtpMailer
from backend.delivery.smtp_timeouts import Timeouts
from tests.backend.delivery.process import Process
from tests.backend.delivery.servers import DROP, HANG, RudeServer, serving
from tests.backend.delivery.world import World

pytestmark = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
"""Of one process. Workers on PostgreSQL are real processes in test_workers.py."""


async def until(condition) -> None:
    """Database threads answer in their own time."""
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.005)


class TestLife:
    async def test_it_starts_by_itself_and_sends(self, world: World, tmp_path: Path):
        await world.add_contacts("ann@example.org", "bo@example.org")
        campaign = await world.add_campaign()

        async def sent() -> bool:
            return (await world.campaign(campaign)).status == "SENT"

        async with world.sending.run(tmp_path / "lock"):
            await until(sent)
        assert sorted(world.mailer.recipients()) == ["ann@example.org", "bo@example.org"]
        assert world.mailer.open == 0

    async def test_a_graceful_end_leaves_nothing_unknown(self, world: World, tmp_path: Path):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(30)))
        campaign = await world.add_campaign()
        on_the_wire, go_on = asyncio.Event(), asyncio.Event()

        async def hold(envelope: Envelope, message: bytes) -> None:
            if len(world.mailer.taken) >= 5:
                on_the_wire.set()
                await go_on.wait()

        world.mailer.after_body = hold
        async with asyncio.TaskGroup() as group, world.sending.run(tmp_path / "lock"):
            await on_the_wire.wait()
            group.create_task(self._let_go(go_on))
        states = list((await world.states(campaign)).values())
        assert set(states) == {"accepted", "pending"}
        assert states.count("accepted") == len(world.mailer.taken)
        async with world.database.system_reader() as session:
            assert list(await session.scalars(select(WorkerSession.fenced))) == [True]

    @staticmethod
    async def _let_go(gate: asyncio.Event) -> None:
        await asyncio.sleep(0.05)
        gate.set()

    async def test_a_second_process_waits_for_the_first(self, world: World, tmp_path: Path):
        async with world.sending.run(tmp_path / "lock"), world.sending.run(tmp_path / "lock"):
            await asyncio.sleep(0.05)
            async with world.database.system_reader() as session:
                assert len(list(await session.scalars(select(WorkerSession.id)))) == 1


class TestRudeServers:
    @pytest.fixture
    async def server(self, world: World):
        async with serving(RudeServer()) as rude:
            world.sending = assemble(
                database=world.database,
                clock=world.clock,
                random=Random(1),
                audience=world.audience,
                mailer=SmtpMailer(Timeouts(connect=2.0, command=0.3, body=0.3)),
                default_account=DefaultAccount(ServerLogin("127.0.0.1", rude.port), "n@example.com", lanes=2),
                public_url=None,
                unseal=lambda sealed: sealed,
            )
            yield rude

    @pytest.mark.parametrize("end", [HANG, DROP])
    async def test_no_answer_after_the_body_is_unknown_and_never_resent(
        self, world: World, server: RudeServer, end: str
    ):
        server.script["body"] = lambda seen: end if seen == 1 else None
        await world.add_contacts(*(f"c{i}@example.org" for i in range(8)))
        campaign = await world.add_campaign()
        async with world.process() as process:
            for _ in range(3):
                await process.work()
                await world.clock.advance(3600)
        states = list((await world.states(campaign)).values())
        assert (states.count("accepted"), states.count("unknown")) == (7, 1)
        assert len(server.bodies) == len({recipient for recipient, _ in server.bodies}) == 8

    @pytest.mark.parametrize(
        ("command", "answer", "states"),
        [
            ("greeting", "554 no", {"pending"}),
            ("EHLO", "502 no", {"pending"}),
            ("MAIL", "451 later", {"pending"}),
            ("MAIL", "550 not you", {"pending"}),
            ("RCPT", "450 busy", {"soft"}),
            ("RCPT", "550 5.1.1 unknown", {"bounced"}),
            ("DATA", "451 later", {"soft"}),
            ("DATA", "554 no", {"failed"}),
            ("body", "452 full", {"soft"}),
            ("body", "554 spam", {"failed"}),
        ],
    )
    async def test_each_refusal_at_each_command_has_its_state(
        self, world: World, server: RudeServer, command: str, answer: str, states: set[str]
    ):
        server.script[command] = answer
        await world.add_contacts("ann@example.org", "bo@example.org")
        campaign = await world.add_campaign()
        async with world.process() as process:
            await process.work()
        rows = await world.rows(campaign)
        assert {row.state for row in rows} == states
        assert {row.attempts for row in rows} == ({0} if states == {"pending"} else {1})


async def test_a_disk_that_fails_once_loses_no_outcome(world: World, process: Process):
    await world.add_contacts("ann@example.org")
    campaign = await world.add_campaign()
    commit, failed = process.journal._commit, []

    async def failing(asked, ends, returned):
        if ends and not failed:
            failed.append(len(ends))
            raise OSError("no space left")
        return await commit(asked, ends, returned)

    process.journal._commit = failing  # type: ignore[method-assign]
    work = asyncio.create_task(process.work())

    async def waiting() -> bool:
        return bool(failed)

    await until(waiting)
    await world.clock.advance(1)
    await work
    assert await world.states(campaign) == {"ann@example.org": "accepted"}
    assert len(world.mailer.taken) == 1


async def test_a_mark_whose_commit_was_not_confirmed_is_taken_back(world: World, process: Process):
    """The door stays shut, since nobody knows; but the row says that it was handed."""
    await world.add_contacts("ann@example.org", "bo@example.org")
    campaign = await world.add_campaign()
    commit, failed = process.journal._commit, []

    async def unsure(asked, ends, returned):
        committed = await commit(asked, ends, returned)
        if asked and not failed:
            failed.append(len(asked))
            raise OSError("connection lost")
        return committed

    process.journal._commit = unsure  # type: ignore[method-assign]
    work = asyncio.create_task(process.work())

    async def waiting() -> bool:
        return bool(failed)

    await until(waiting)
    await world.clock.advance(1)
    await work
    await process.work()
    assert set((await world.states(campaign)).values()) == {"accepted"}
    assert len(world.mailer.taken) == 2


async def test_a_claim_that_fails_leaves_mails_on_the_wire_alone(world: World, process: Process):
    await world.add_contacts(*(f"c{i}@example.org" for i in range(3)))
    campaign = await world.add_campaign()
    claim, calls, on_the_wire = process.jobs.pumping._claim, [], asyncio.Event()

    async def away(source, limit):
        calls.append(limit)
        if len(calls) == 2:
            await on_the_wire.wait()
            raise OSError("the database is away")
        return await claim(source, limit)

    async def slow(envelope: Envelope, message: bytes) -> None:
        on_the_wire.set()
        for _ in range(20):
            await asyncio.sleep(0.001)

    process.jobs.pumping._claim = away  # type: ignore[method-assign]
    world.mailer.after_body = slow
    await process.work()
    await process.work()
    assert set((await world.states(campaign)).values()) == {"accepted"}
    assert len(world.mailer.taken) == 3
