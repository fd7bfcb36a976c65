"""The loop: when it pushes and pulls, what it tells, and that it never gets stuck."""

import asyncio
import random

import pytest

from localstore.records import DocKind
from sync.engine import Connection, SyncEngine
from tests.sync.conftest import CAMPAIGN, mail
from tests.sync.test_editing import until


@pytest.fixture
async def desk(world):
    return await world.desk()


@pytest.fixture
async def engine(world, desk):
    engine = SyncEngine(desk.store, desk.api, world.clock, random.Random(3), lambda: None)
    running = asyncio.create_task(engine.run())
    await until(lambda: engine.connection is Connection.ONLINE)
    yield engine
    engine.stop()
    await running


async def pass_time(world, seconds: float) -> None:
    """Let virtual time go by in small steps, so that real threads can keep up."""
    for _ in range(round(seconds / 0.25)):
        await world.clock.advance(0.25)
        for _ in range(6):
            await asyncio.sleep(0.001)


def writes(desk) -> int:
    return sum(method == "POST" for method, _ in desk.line.log)


class TestAutosave:
    async def test_pushes_a_second_after_the_last_edit_and_not_before(self, world, desk, engine):
        id = await desk.create(mail("a"))
        engine.edited(CAMPAIGN, id)
        await pass_time(world, 0.75)
        assert writes(desk) == 0
        await pass_time(world, 0.5)
        await until(lambda: not desk.draft(id).state.dirty)
        assert writes(desk) == 1

    async def test_pushes_within_five_seconds_while_typing_goes_on(self, world, desk, engine):
        id = await desk.create(mail("a"))
        for n in range(12):
            await desk.write(id, mail(f"a{n}"))
            engine.edited(CAMPAIGN, id)
            await pass_time(world, 0.5)
        assert writes(desk) >= 1

    async def test_a_new_segment_lands_before_the_campaign_that_names_it(self, world, desk, engine):
        segment = "018f0000-0000-7000-8000-0000000000aa"
        await desk.store.create(DocKind.SEGMENT, segment, {"name": "All", "dslJson": {"all": []}})
        id = await desk.create(mail("a") | {"segmentId": segment})
        engine.hurry()
        await until(lambda: not desk.draft(id).state.dirty)
        assert [path for method, path in desk.line.log if method == "POST"] == [
            "/api/segments",
            "/api/campaigns",
        ]


class TestOffline:
    async def test_everything_drains_within_one_cap_after_the_line_is_back(self, world, desk, engine):
        ids = [await desk.create(mail(str(n))) for n in range(5)]
        desk.line.down = True
        for id in ids:
            engine.edited(CAMPAIGN, id)
        await pass_time(world, 8)
        assert engine.connection is Connection.OFFLINE
        desk.line.down = False
        await pass_time(world, 60)
        await until(lambda: not any(desk.draft(id).state.dirty for id in ids))
        assert engine.connection is Connection.ONLINE

    async def test_a_deletion_waits_for_its_undo_even_when_hurried(self, world, desk, engine):
        id = await desk.create(mail("a"))
        engine.hurry()
        await until(lambda: not desk.draft(id).state.dirty)
        await desk.store.remove(CAMPAIGN, id, undo_seconds=10)
        engine.hurry()
        await pass_time(world, 5)
        assert ("DELETE", f"/api/campaigns/{id}") not in desk.line.log
        await desk.store.restore(CAMPAIGN, id)
        await pass_time(world, 10)
        assert desk.texts(id) == ["a"]
        assert ("DELETE", f"/api/campaigns/{id}") not in desk.line.log


class TestMistakes:
    """What nobody foresaw is told once, and syncing goes on."""

    @pytest.mark.parametrize("where", ["the turn", "the pull"])
    async def test_syncing_survives_them(self, world, desk, monkeypatch, where):
        told: list[Exception] = []
        parts = desk.store, desk.api, world.clock, random.Random(3), lambda: None
        engine = SyncEngine(*parts, mistaken=told.append)
        running = asyncio.create_task(engine.run())
        await until(lambda: engine.connection is Connection.ONLINE and engine.resting)

        async def broken(*_: object) -> None:
            raise ZeroDivisionError

        with monkeypatch.context() as breaking:
            if where == "the turn":
                breaking.setattr(desk.store, "due", broken)
            else:
                breaking.setattr(engine._pull, "pull", broken)
            id = await desk.create(mail("a"))
            for _ in range(3):
                engine.hurry()
                await pass_time(world, 2.5)
        assert [type(error) for error in told] == [ZeroDivisionError]
        await pass_time(world, 3)
        await until(lambda: not desk.draft(id).state.dirty)
        engine.stop()
        await running


class TestSignedOut:
    async def test_editing_goes_on_and_drains_after_signing_in(self, world, desk, engine):
        refresh, desk.api._refresh, desk.api._access = desk.api._refresh, None, "spent"
        id = await desk.create(mail("a"))
        engine.edited(CAMPAIGN, id)
        await pass_time(world, 2)
        assert engine.connection is Connection.SIGNED_OUT
        assert desk.draft(id).state.dirty
        await desk.api.resume(refresh)
        engine.signed_in()
        await until(lambda: not desk.draft(id).state.dirty)
