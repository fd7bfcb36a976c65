"""The power goes off while mails leave: whoever's body was written is never waiting to be sent again.

The door's own statements run under the pragmas of the server's own connections, on a disk that keeps only
what was synced. With `synchronous = NORMAL` the same cuts forget marks of mails that had left, and would send
them twice, which shows that the test sees it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import apsw
import pytest
from sqlalchemy import Executable, select, text
from sqlalchemy.dialects import sqlite

from backend.db.engine import Database, _set_pragmas, make_engine
from backend.db.models.delivery import DeliveryRecord
from backend.delivery.door import hand, settle
from backend.delivery.fencing import begin_session, fence, others
from backend.delivery.outcomes import accepted
from backend.delivery.sources import Claimed, Source, SourceKind
from contract.clock import ManualClock
from tests.backend.delivery.world import World
from tests.conftest import SEEDS
from tests.cut_disk import Disk

CUTS = max(30, min(SEEDS, 300))
LANES = 4
MAILS = 60


class Ledger(NamedTuple):
    """A database file in which one worker holds every mail of a campaign."""

    image: bytes
    org_id: int
    session_id: str
    rows: list[Claimed]


@pytest.fixture
async def ledger(tmp_path: Path) -> Ledger:
    world = World(tmp_path)
    await world.open()
    await world.add_contacts(*(f"c{i}@example.org" for i in range(MAILS)))
    campaign = await world.add_campaign()
    await world.sending.tools.freezer.freeze(world.org_id, campaign)
    async with world.process() as process:
        source = Source(world.org_id, SourceKind.CAMPAIGN, campaign)
        rows, _ = await process.jobs.pumping._claim(source, MAILS)
    await world.close()
    return Ledger((tmp_path / "handbill.db").read_bytes(), world.org_id, process.session_id, rows)


class OnTheDisk:
    """As much of a SQLAlchemy connection as the door needs, over a disk whose power can be cut."""

    dialect = sqlite.dialect(paramstyle="named")

    def __init__(self, disk: Disk, path: Path, synchronous: str) -> None:
        self.isolation_level: str | None = None
        self._file = apsw.Connection(str(path), vfs=disk.name)
        self._file.pragma("locking_mode", "exclusive")  # no memory is shared with other processes
        self._synchronous = synchronous
        _set_pragmas(self, None)

    def cursor(self) -> "OnTheDisk":
        return self

    def close(self) -> None:
        """A cursor's end; the file stays open."""

    def execute(self, statement: Executable | str, parameters: Mapping[str, Any] | None = None) -> list[Any]:
        if isinstance(statement, str):
            return list(self._file.execute(statement.replace("synchronous=FULL", self._synchronous)))
        compiled = statement.compile(dialect=self.dialect)
        ready = {
            name: compiled._bind_processors.get(name, lambda value: value)(value)
            for name, value in compiled.construct_params(parameters).items()
        }
        return list(self._file.execute(str(compiled), ready))

    def end(self) -> None:
        self._file.close()


def send(connection: OnTheDisk, ledger: Ledger, dice: Random) -> set[int]:
    """Hand, write, settle, as the journal does, until the cut; whose bodies were written."""
    now, written = ManualClock().now(), set[int]()
    before: Sequence[Claimed] = []
    for begin in range(0, dice.randrange(LANES, MAILS), LANES):
        group = ledger.rows[begin : begin + LANES]
        connection.execute("BEGIN IMMEDIATE")
        opened = hand(connection, group, ledger.session_id, now)  # type: ignore[arg-type]
        assert len(opened) == LANES
        if before:
            settle(connection, [(row, accepted("250")) for row in before], ledger.session_id, now)  # type: ignore[arg-type]
        if dice.random() < 0.05:
            return written
        connection.execute("COMMIT")
        written |= {row.id for row in group}
        before = group
        if dice.random() < 0.1:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return written


async def states_after_restart(path: Path, org_id: int) -> dict[int, str]:
    """As a worker that starts on this file leaves them, before it takes a mail."""
    database = Database(make_engine(f"sqlite+aiosqlite:///{path}"))
    try:
        async with database.system_writer() as session:
            assert await session.scalar(text("PRAGMA integrity_check")) == "ok"
            connection = await session.connection()
            await begin_session(connection, "new", ManualClock().now())
            await fence(connection, others("new"), ManualClock().now())
        async with database.reader(org_id) as session:
            rows = await session.execute(select(DeliveryRecord.id, DeliveryRecord.state))
            return {row.id: row.state for row in rows}
    finally:
        await database.close()


async def cut(ledger: Ledger, folder: Path, synchronous: str) -> int:
    """How many mails would be sent twice, over all cuts."""
    disk = Disk(f"ledger-{synchronous}")
    dice = Random(11)
    twice = 0
    for _ in range(CUTS):
        path = folder / "cut.db"
        path.write_bytes(ledger.image)
        connection = OnTheDisk(disk, path, synchronous)
        written = send(connection, ledger, dice)
        disk.after_cut(folder / "after", dice)
        connection.end()
        disk.files.clear()
        states = await states_after_restart(folder / "after" / "cut.db", ledger.org_id)
        assert len(states) == MAILS
        assert set(states.values()) <= {"pending", "unknown", "accepted"}
        twice += sum(states[row_id] == "pending" for row_id in written)
        if synchronous == "synchronous=FULL":
            assert list(states.values()).count("unknown") <= LANES
            assert {row_id for row_id, state in states.items() if state == "accepted"} <= written
    disk.unregister()
    return twice


async def test_nobody_whose_body_was_written_waits_again(ledger: Ledger, tmp_path: Path) -> None:
    assert await cut(ledger, tmp_path, "synchronous=FULL") == 0


async def test_the_same_cuts_would_send_twice_where_marks_are_not_synced(
    ledger: Ledger, tmp_path: Path
) -> None:
    """If this fails, the test above proves nothing."""
    assert await cut(ledger, tmp_path, "synchronous=NORMAL") > CUTS // 10
