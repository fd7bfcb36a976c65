"""A large audience is frozen in batches; a person can see how far it is, and can stop it."""

import pytest

from backend.delivery import audience, freeze
from backend.delivery.waiting import PREPARING
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "BATCH", 2)
    monkeypatch.setattr(freeze, "BATCH", 2)


async def at_the_second_batch(world: World, monkeypatch: pytest.MonkeyPatch, act) -> list[int]:
    """Call `act` while the second batch is judged; how large each batch was."""
    freezer, batches = world.sending.tools.freezer, []
    plain = freezer._preflight

    async def preflight(session, opened, members, now):
        batches.append(len(members))
        if len(batches) == 2:
            await act()
        return await plain(session, opened, members, now)

    monkeypatch.setattr(freezer, "_preflight", preflight)
    return batches


async def test_progress_is_seen_while_it_is_prepared(
    world: World, process: Process, monkeypatch: pytest.MonkeyPatch
):
    await world.add_contacts(*(f"c{i}@example.org" for i in range(7)))
    campaign = await world.add_campaign()
    seen = []

    async def look() -> None:
        async with world.desk.reader(world.org_id) as session:
            progress = (await world.sending.delivery.progress(session, [campaign]))[campaign]
            waits = await world.sending.delivery.waits(session, [await world.campaign(campaign)])
            seen.append((progress.total, progress.pending, waits[campaign]))

    batches = await at_the_second_batch(world, monkeypatch, look)
    await process.work()
    assert seen == [(2, 2, [PREPARING])]
    assert batches == [2, 2, 2, 1]
    assert set((await world.states(campaign)).values()) == {"accepted"}


async def test_cancelling_stops_it_and_keeps_no_list_of_some(
    world: World, process: Process, monkeypatch: pytest.MonkeyPatch
):
    await world.add_contacts(*(f"c{i}@example.org" for i in range(9)))
    campaign = await world.add_campaign()

    async def cancel() -> None:
        await world.set_status(campaign, "CANCELLED")

    batches = await at_the_second_batch(world, monkeypatch, cancel)
    await process.work()
    assert batches == [2, 2], "the rest is not looked at"
    assert await world.rows(campaign) == []
    assert world.mailer.taken == []
    assert (await world.campaign(campaign)).status == "CANCELLED"


async def test_what_a_dead_worker_had_made_is_forgotten(
    world: World, process: Process, monkeypatch: pytest.MonkeyPatch
):
    await world.add_contacts(*(f"c{i}@example.org" for i in range(9)))
    campaign = await world.add_campaign()

    class DiedError(Exception):
        pass

    async def die() -> None:
        raise DiedError

    await at_the_second_batch(world, monkeypatch, die)
    with pytest.raises(DiedError):
        await process.work()
    assert len(await world.rows(campaign)) == 2
    await process.work()
    assert len(await world.rows(campaign)) == 9
    assert sorted(world.mailer.recipients()) == sorted(await world.states(campaign))
