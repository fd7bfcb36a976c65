"""The demo is made once, as a whole, and always the same."""

from pathlib import Path

import pytest
from sqlalchemy import Row, func, select

from backend.db.base import Base
from backend.db.engine import Database
from backend.db.models.campaign import Campaign, CampaignRevision
from backend.db.models.contact import Contact, ContactAttrs, CustomField, Suppression
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event
from backend.db.models.org import Org, OrgUser
from backend.db.models.segment import Segment, SegmentMember
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord, SequenceRevision
from backend.demo import ensure_demo, seed
from backend.demo.stage import Stage
from backend.orgs.service import create_org
from contract.clock import ManualClock
from tests.backend.demo.conftest import empty_database

PARTS: tuple[type[Base], ...] = (
    Campaign,
    CampaignRevision,
    Contact,
    ContactAttrs,
    CustomField,
    DeliveryRecord,
    EnrolmentRecord,
    Event,
    OrgUser,
    Segment,
    SegmentMember,
    Sequence,
    SequenceRevision,
    Suppression,
)


async def rows_of(database: Database) -> dict[str, list[Row[tuple[object, ...]]]]:
    """Everything a person could see, in the order of the keys."""
    found = {}
    async with database.system_reader() as session:
        for part in PARTS:
            query = select(*part.__table__.columns).order_by(*part.__table__.primary_key.columns)
            found[part.__tablename__] = list((await session.execute(query)).all())
    return found


async def organisations(database: Database) -> list[str]:
    async with database.system_reader() as session:
        return list(await session.scalars(select(Org.name)))


async def test_the_same_clock_makes_the_same_demo(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        database = await empty_database(tmp_path / name)
        await ensure_demo(database, "no password", ManualClock(), contacts=400)
        made.append(await rows_of(database))
        await database.close()
    assert made[0] == made[1]
    assert all(made[0].values())


async def test_another_day_moves_the_dates_with_it(tmp_path: Path) -> None:
    clock = ManualClock()
    await clock.advance(400 * 24 * 3600)
    database = await empty_database(tmp_path / "later")
    await ensure_demo(database, "no password", clock, contacts=400)
    async with database.system_reader() as session:
        newest = await session.scalar(select(func.max(Contact.created_at)))
        send_at = await session.scalar(select(func.max(Campaign.send_at)))
    await database.close()
    assert newest is not None
    assert send_at is not None
    assert newest <= clock.now() < send_at
    assert (clock.now() - newest).days < 30


@pytest.mark.parametrize("broken", ["add_customers", "add_campaigns", "append_changes"])
async def test_a_start_that_fails_half_way_leaves_nothing_and_the_next_one_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    class PowerCutError(Exception):
        pass

    whole = getattr(seed, broken)

    async def cut(*given: object) -> None:
        await whole(*given)
        stage = given[0]
        if isinstance(stage, Stage):
            await stage.session.flush()
        raise PowerCutError

    database = await empty_database(tmp_path / "handbill.db")
    with monkeypatch.context() as patched:
        patched.setattr(seed, broken, cut)
        with pytest.raises(PowerCutError):
            await ensure_demo(database, "no password", ManualClock(), contacts=400)
    assert await organisations(database) == []
    assert not any((await rows_of(database)).values())

    assert await ensure_demo(database, "no password", ManualClock(), contacts=400)
    assert await organisations(database) == ["Kettle & Crumb"]
    async with database.system_reader() as session:
        assert await session.scalar(select(func.count()).select_from(Contact)) == 400
    await database.close()


async def test_an_organisation_that_is_there_is_left_alone(tmp_path: Path) -> None:
    database = await empty_database(tmp_path / "handbill.db")
    clock = ManualClock()
    async with database.system_writer() as session:
        await create_org(session, "Real work", "olive@example.com", "no password", clock.now())
    assert not await ensure_demo(database, "no password", clock)
    assert await organisations(database) == ["Real work"]
    async with database.system_reader() as session:
        assert await session.scalar(select(func.count()).select_from(Contact)) == 0
    await database.close()


async def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    database = await empty_database(tmp_path / "handbill.db")
    await ensure_demo(database, "no password", ManualClock(), contacts=400)
    before = await rows_of(database)
    assert not await ensure_demo(database, "no password", ManualClock(), contacts=400)
    assert await rows_of(database) == before
    await database.close()
