"""The contract of the `Engine` port, proved on the twin that one process runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from backend.delivery.memory_engine import MemoryEngine
from contract.clock import ManualClock


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def running(
    engine: MemoryEngine, **handlers: Callable[[str], Awaitable[None]]
) -> AsyncIterator[MemoryEngine]:
    task = asyncio.create_task(engine.run(handlers))
    try:
        await settled()
        yield engine
    finally:
        await engine.stop(1)
        await task


class TestJobs:
    async def test_a_hint_during_a_run_makes_it_run_again_and_never_twice_at_once(self):
        gate, seen, most = asyncio.Event(), [], [0]

        async def pump(key: str) -> None:
            seen.append(key)
            most[0] = max(most[0], sum(job == f"pump:{key}" for job in engine.status().running))
            await gate.wait()

        async with running(MemoryEngine(ManualClock()), pump=pump) as engine:
            engine.enqueue("pump", "a")
            await settled()
            engine.enqueue("pump", "a")
            engine.enqueue("pump", "a")
            engine.enqueue("pump", "b")
            await settled()
            assert seen == ["a", "b"]
            gate.set()
            await settled()
            assert sorted(seen) == ["a", "a", "b"]
        assert most == [1]

    async def test_a_moment_is_met_and_an_earlier_one_wins(self):
        clock, seen = ManualClock(), []
        start = clock.now()

        async def tick(key: str) -> None:
            seen.append(round((clock.now() - start).total_seconds(), 3))

        async with running(MemoryEngine(clock), tick=tick) as engine:
            engine.enqueue("tick", at=start + timedelta(seconds=90))
            engine.enqueue("tick", at=start + timedelta(seconds=30.5))
            await settled()
            await clock.advance(100)
            await settled()
        assert seen == [30.5, 90.0]

    async def test_a_schedule_repeats_and_outlives_a_failing_handler(self):
        clock, runs = ManualClock(), []

        async def tick(key: str) -> None:
            runs.append(key)
            raise RuntimeError("once more")

        engine = MemoryEngine(clock)
        engine.schedule("tick", 2.0)
        async with running(engine, tick=tick):
            for _ in range(3):
                await clock.advance(2)
                await settled()
        assert len(runs) == 4

    async def test_stop_waits_for_what_runs_and_takes_nothing_new(self):
        gate, ended = asyncio.Event(), []

        async def pump(key: str) -> None:
            await gate.wait()
            ended.append(key)

        engine = MemoryEngine(ManualClock())
        task = asyncio.create_task(engine.run({"pump": pump}))
        engine.enqueue("pump", "a")
        await settled()
        stopping = asyncio.create_task(engine.stop(5))
        engine.enqueue("pump", "b")
        await settled()
        assert engine.status().stopping
        gate.set()
        await stopping
        await task
        assert ended == ["a"]

    async def test_stop_does_not_wait_for_ever(self):
        async def hang(key: str) -> None:
            await asyncio.Event().wait()

        engine = MemoryEngine(ManualClock())
        task = asyncio.create_task(engine.run({"pump": hang}))
        engine.enqueue("pump", "a")
        await settled()
        await engine.stop(0.01)
        await task
        assert engine.status().running == ()
