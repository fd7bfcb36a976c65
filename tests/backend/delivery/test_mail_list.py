"""Each mail of a campaign by name: filters, pages by key and by position, counts."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from backend.db.models.campaign import Campaign
from backend.db.models.delivery import DeliveryRecord
from backend.ports import DeliveryFilter, DeliveryPage
from contract.delivery import GOT_IT, DeliveryState
from tests.backend.delivery.test_reading import loaded
from tests.backend.delivery.world import World

MANY = 700
STATES = ("accepted", "accepted", "accepted", "bounced", "skipped", "unknown", "pending", "complained")


@pytest.fixture
async def campaign(world: World) -> Campaign:
    """Its states are mixed, so that no state is one stretch of ids."""
    campaign_id = await world.add_campaign(status="SENDING", started_at=world.clock.now())
    mixed = random.Random(7)
    rows = [
        {
            "org_id": world.org_id,
            "id": 1_000 + number,
            "source_id": campaign_id,
            "step_id": "",
            "run_no": 0,
            "revision": 1,
            "contact_id": 1_000 + number,
            "address": f"c{number}@example.org",
            "state": mixed.choice(STATES),
            "reason": f"550 no {number % 10}",
            "attempts": 1,
            "updated_at": world.clock.now(),
        }
        for number in range(MANY)
    ]
    async with world.database.writer(world.org_id) as session:
        await session.execute(insert(DeliveryRecord), rows)
    return await loaded(world, campaign_id)


FILTERS = (
    DeliveryFilter(),
    DeliveryFilter(DeliveryState.BOUNCED),
    DeliveryFilter(delivered=False),
    DeliveryFilter(delivered=True),
    DeliveryFilter(DeliveryState.ACCEPTED, delivered=False),
    DeliveryFilter(delivered=False, words="c1"),
    DeliveryFilter(words="NO 3"),
    DeliveryFilter(DeliveryState.SKIPPED, reason="no 5"),
    DeliveryFilter(words="100%"),
)


def fits(wanted: DeliveryFilter, row: DeliveryRecord) -> bool:
    """The meaning of a filter, said once more in plain words."""
    return (
        wanted.state in (None, row.state)
        and wanted.delivered in (None, row.state in GOT_IT)
        and (wanted.reason or "").lower() in row.reason.lower()
        and any((wanted.words or "").lower() in text.lower() for text in (row.address, row.reason))
    )


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
async def test_pages_by_key_and_by_position_and_the_count_agree(
    world: World, campaign: Campaign, wanted: DeliveryFilter
):
    delivery = world.sending.delivery
    expected = [row.address for row in await world.rows(campaign.id) if fits(wanted, row)]
    async with world.desk.reader(world.org_id) as session:
        by_key: list[str] = []
        after = 0
        while page := await delivery.deliveries(session, campaign.id, wanted, DeliveryPage(90, after)):
            by_key += [row.email for row in page]
            after = int(page[-1].id)
        by_position: list[str] = []
        for offset in range(0, MANY, 90):
            found = await delivery.deliveries(session, campaign.id, wanted, DeliveryPage(90, offset=offset))
            by_position += [row.email for row in found]
        assert by_key == by_position == expected
        assert await delivery.count_deliveries(session, campaign.id, wanted) == len(expected)


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", [DeliveryPage(100), DeliveryPage(100, 1_300), DeliveryPage(100, offset=300)])
async def test_a_page_of_some_states_reads_their_stretches_of_the_index(
    world: World, campaign: Campaign, page: DeliveryPage, tmp_path: Path
):
    """At a hundred thousand mails anything else is felt at each key."""
    seen: list[tuple[str, tuple[object, ...]]] = []

    def note(*call) -> None:
        seen.append((call[2], tuple(call[3])))

    async with world.desk.reader(world.org_id) as session:
        event.listen(world.desk.engine.sync_engine, "before_cursor_execute", note)
        wanted = DeliveryFilter(delivered=False)
        await world.sending.delivery.deliveries(session, campaign.id, wanted, page)
        event.remove(world.desk.engine.sync_engine, "before_cursor_execute", note)
    statement, parameters = next(entry for entry in seen if "UNION ALL" in entry[0])
    with closing(sqlite3.connect(tmp_path / "handbill.db")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    reads = [step for step in plan if "delivery" in step and "SE" in step]
    states = len(DeliveryState) - len(GOT_IT)
    assert len(reads) == states, plan
    assert all("COVERING INDEX ix_delivery_org_id_source_id_state_id" in step for step in reads), plan
