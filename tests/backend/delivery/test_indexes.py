"""At a million rows a missing index is an outage: each statement of the worker names a narrow one."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests.backend.delivery.world import World

pytestmark = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
"""Its planner shows itself in a plan of a few rows; PostgreSQL's wants real sizes (bench/send.py)."""

WIDE = tuple(
    f"{how} {table}{rest}"
    for table in ("delivery", "enrolment")
    for how, rest in (
        ("SCAN", ""),
        ("SEARCH", " USING PRIMARY KEY (org_id=?)"),
        ("SEARCH", " USING PRIMARY KEY (org_id=? AND sequence_id=?)"),
    )
)


def plain(value: object) -> object:
    return value.isoformat(" ") if isinstance(value, datetime) else value


async def test_no_statement_of_a_running_worker_reads_a_whole_organisation(world: World, tmp_path: Path):
    seen: dict[str, tuple[object, ...]] = {}

    def note(*call) -> None:
        _, _, statement, parameters, _, executemany = call
        found = parameters[0] if executemany else parameters
        if "delivery" in statement or "enrolment" in statement:
            seen[statement] = tuple(found)

    await world.cap_frequency(5, 7)
    await world.add_contacts(*(f"c{i}@example.org" for i in range(30)))
    await world.add_campaign()
    sequence = await world.add_sequence(("hello", 0), ("tips", 1))
    await world.publish(sequence)
    event.listen(Engine, "before_cursor_execute", note)  # the journal has an engine of its own
    async with world.process() as first:
        await first.work()
    async with world.process() as second:
        await world.clock.advance(3600)
        await second.work()
    event.remove(Engine, "before_cursor_execute", note)
    plans: list[str] = []
    with closing(sqlite3.connect(tmp_path / "handbill.db")) as connection:
        for statement, parameters in seen.items():
            if statement.lstrip().startswith(("SELECT", "UPDATE")):
                rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", [plain(p) for p in parameters])
                plans += [f"{row[3]}   <- {' '.join(statement.split())[:120]}" for row in rows]
    assert [plan for plan in plans if any(wide in plan for wide in WIDE)] == []
    assert any(
        "SET state=json_extract" in plan and "PRIMARY KEY (org_id=? AND id=?)" in plan for plan in plans
    )
    received = [plan for plan in plans if "<- SELECT enrolment.id" in plan and "SEARCH delivery" in plan]
    assert received
    assert all("ux_delivery_contact (org_id=? AND contact_id=?" in plan for plan in received), received
    moving = [plan for plan in plans if "<- UPDATE enrolment" in plan and "SEARCH enrolment" in plan]
    assert moving
    assert all("PRIMARY KEY (org_id=? AND sequence_id=? AND id=?)" in plan for plan in moving), moving
    for index in ("ix_delivery_due", "ix_delivery_held", "ix_enrolment_due"):
        assert any(index in plan for plan in plans), index
