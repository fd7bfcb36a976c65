"""The contract of the `Engine` port, proved on both engines, and what several workers add to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import psycopg
import pytest

from backend.delivery.engine import Engine
from backend.delivery.memory_engine import MemoryEngine
from backend.delivery.postgres_engine import CHANNEL, PostgresEngine, hint, lock_number
from contract.clock import ManualClock

Make = Callable[[ManualClock], Engine]


async def until(condition: Callable[[], bool]) -> None:
    """A database answers in its own time."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.002)


async def settled() -> None:
    """Long enough for whatever would happen wrongly."""
    for _ in range(30):
        await asyncio.sleep(0.001)


@asynccontextmanager
async def running(engine: Engine, **handlers: Callable[[str], Awaitable[None]]) -> AsyncIterator[Engine]:
    task = asyncio.create_task(engine.run(handlers))
    try:
        yield engine
    finally:
        await engine.stop(1)
        await task


@pytest.fixture
def connect(postgres_folder: str) -> Callable[[], Awaitable[psycopg.AsyncConnection]]:
    async def connect() -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(
            host=postgres_folder, user="postgres", dbname="postgres", autocommit=True
        )

    return connect


@pytest.fixture(params=["memory", "postgresql"])
def make(request: pytest.FixtureRequest) -> Make:
    if request.param == "memory":
        return MemoryEngine
    connect = request.getfixturevalue("connect")
    return lambda clock: PostgresEngine(connect, clock, everywhere=["tick"])


class TestJobs:
    async def test_a_hint_during_a_run_makes_it_run_again_and_never_twice_at_once(self, make: Make):
        gate, seen, most = asyncio.Event(), [], [0]

        async def freeze(key: str) -> None:
            seen.append(key)
            most[0] = max(most[0], sum(job == f"freeze:{key}" for job in engine.status().running))
            await gate.wait()

        async with running(make(ManualClock()), freeze=freeze) as engine:
            engine.enqueue("freeze", "a")
            await until(lambda: seen == ["a"])
            engine.enqueue("freeze", "a")
            engine.enqueue("freeze", "a")
            engine.enqueue("freeze", "b")
            await until(lambda: len(seen) == 2)
            await settled()
            assert seen == ["a", "b"]
            gate.set()
            await until(lambda: len(seen) == 3)
            await settled()
            assert sorted(seen) == ["a", "a", "b"]
        assert most == [1]

    async def test_a_moment_is_met_and_an_earlier_one_wins(self, make: Make):
        clock, seen = ManualClock(), []
        start = clock.now()

        async def tick(key: str) -> None:
            seen.append(round((clock.now() - start).total_seconds(), 3))

        async with running(make(clock), tick=tick) as engine:
            engine.enqueue("tick", at=start + timedelta(seconds=90))
            engine.enqueue("tick", at=start + timedelta(seconds=30.5))
            await settled()
            await clock.advance(100)
            await until(lambda: len(seen) == 2)
        assert seen == [30.5, 90.0]

    async def test_a_schedule_repeats_and_outlives_a_failing_handler(self, make: Make):
        clock, runs = ManualClock(), []

        async def tick(key: str) -> None:
            runs.append(key)
            raise RuntimeError("once more")

        engine = make(clock)
        engine.schedule("tick", 2.0)
        async with running(engine, tick=tick):
            for round_no in range(4):
                await until(lambda count=round_no: len(runs) > count)
                await clock.advance(2)
        assert len(runs) in (4, 5)

    async def test_stop_waits_for_what_runs_and_takes_nothing_new(self, make: Make):
        gate, began, ended = asyncio.Event(), asyncio.Event(), []

        async def freeze(key: str) -> None:
            began.set()
            await gate.wait()
            ended.append(key)

        engine = make(ManualClock())
        task = asyncio.create_task(engine.run({"freeze": freeze}))
        engine.enqueue("freeze", "a")
        await began.wait()
        stopping = asyncio.create_task(engine.stop(5))
        engine.enqueue("freeze", "b")
        await settled()
        assert engine.status().stopping
        gate.set()
        await stopping
        await task
        assert ended == ["a"]

    async def test_stop_does_not_wait_for_ever(self, make: Make):
        began = asyncio.Event()

        async def hang(key: str) -> None:
            began.set()
            await asyncio.Event().wait()

        engine = make(ManualClock())
        task = asyncio.create_task(engine.run({"freeze": hang}))
        engine.enqueue("freeze", "a")
        await began.wait()
        await engine.stop(0.01)
        await task
        assert engine.status().running == ()


class TestSeveralWorkers:
    """What only the engine on PostgreSQL has to do."""

    @pytest.fixture
    def pair(self, connect) -> tuple[PostgresEngine, PostgresEngine, ManualClock]:
        clock = ManualClock()
        one, two = (PostgresEngine(connect, clock, everywhere=["tick"]) for _ in range(2))
        return one, two, clock

    async def test_a_job_runs_in_one_worker_and_the_other_looks_again(self, pair):
        one, two, clock = pair
        gate, seen = asyncio.Event(), []

        async def first(key: str) -> None:
            seen.append("one")
            await gate.wait()

        async def second(key: str) -> None:
            seen.append("two")

        async with running(one, freeze=first), running(two, freeze=second):
            one.enqueue("freeze", "a")
            await until(lambda: seen == ["one"])
            two.enqueue("freeze", "a")
            for _ in range(3):
                await settled()
                await clock.advance(1)
            assert seen == ["one"]
            gate.set()
            await until(lambda: not one.status().running)
            await settled()
            await clock.advance(1)
            await until(lambda: seen == ["one", "two"])

    async def test_some_jobs_run_in_each(self, pair):
        one, two, _ = pair
        gate, seen = asyncio.Event(), []

        async def tick(key: str) -> None:
            seen.append(key)
            await gate.wait()

        async with running(one, tick=tick), running(two, tick=tick):
            one.enqueue("tick")
            two.enqueue("tick")
            await until(lambda: len(seen) == 2)
            gate.set()

    async def test_a_hint_from_elsewhere_reaches_all_of_them(self, pair, connect):
        one, two, _ = pair
        seen: list[str] = []

        async def tick(key: str) -> None:
            seen.append("tick")

        async with running(one, tick=tick), running(two, tick=tick), await connect() as elsewhere:
            async with asyncio.timeout(60):
                while len(seen) < 2:  # they begin to listen in their own time
                    await elsewhere.execute("SELECT pg_notify(%s, %s)", (CHANNEL, hint("tick")))
                    await elsewhere.execute("SELECT pg_notify(%s, %s)", (CHANNEL, "nonsense"))
                    await asyncio.sleep(0.01)

    async def test_the_job_of_a_lost_worker_is_free_at_once(self, pair, connect):
        one, _, _ = pair
        seen: list[str] = []

        async def freeze(key: str) -> None:
            seen.append(key)

        async with await connect() as lost:
            await lost.execute("SELECT pg_advisory_lock(%s)", (lock_number("freeze", "a"),))
        async with running(one, freeze=freeze):
            one.enqueue("freeze", "a")
            await until(lambda: seen == ["a"])

    async def test_a_restarted_database_is_found_again(self, pair, connect):
        one, _, clock = pair
        seen: list[str] = []

        async def freeze(key: str) -> None:
            seen.append(key)

        async with running(one, freeze=freeze), await connect() as elsewhere:
            one.enqueue("freeze", "a")
            await until(lambda: seen == ["a"])
            await settled()
            await elsewhere.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND usename = 'postgres' AND datname = 'postgres'"
            )
            async with asyncio.timeout(60):
                while "b" not in seen:
                    await clock.advance(1)
                    await elsewhere.execute("SELECT pg_notify(%s, %s)", (CHANNEL, hint("freeze", "b")))
                    await asyncio.sleep(0.01)
