"""Real processes: a backend killed with SIGKILL while it sends, and a mail server that keeps count."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import insert

from backend.db.engine import Database, make_engine
from backend.db.feed import take_row_ids
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.db.models.segment import Segment
from backend.db.schema import prepare_database
from backend.orgs.service import create_org
from contract.clock import SystemClock
from contract.ids import new_document_id
from tests.backend.delivery.world import CONTENT, SEGMENT
from tests.conftest import SEEDS
from tests.forked import BACKEND, Forked

LANES = 4
KILLS = max(3, min(SEEDS, 20))
MAILS_EACH = 100
CONTACTS = MAILS_EACH * (KILLS + 2)
PATIENCE = 60.0 if SEEDS < 20 else 600.0

ROOT = Path(__file__).parents[3]


async def seed(data_dir: Path) -> None:
    """One organisation, its contacts, and a campaign that is due."""
    database = Database(make_engine(f"sqlite+aiosqlite:///{data_dir / 'handbill.db'}"))
    await prepare_database(database.engine)
    now = SystemClock().now()
    stamps = {"created_at": now, "updated_at": now}
    async with database.system_writer() as session:
        org_id, _ = await create_org(session, "Acme", "olive@acme.example", "x", now)
    async with database.writer(org_id) as session:
        ids = await take_row_ids(session, CONTACTS)
        people = [{"id": i, "email": f"c{i}@example.org", "status": "subscribed", **stamps} for i in ids]
        await session.execute(insert(Contact), people)
        session.add(Segment(id=SEGMENT, name="All", dsl_json={"all": []}, **stamps))
        campaign = {"content_json": CONTENT, "status": "SCHEDULED", "send_at": now, "segment_id": SEGMENT}
        session.add(Campaign(id=new_document_id(), name="Autumn", **campaign, **stamps))
    await database.close()


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = Forked(
        [*BACKEND, *arguments], cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def wait_for(what: str, condition: object) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, f"timed out waiting for {what}"
        time.sleep(0.005)


def status(data_dir: Path) -> str:
    with closing(sqlite3.connect(data_dir / "handbill.db")) as connection:
        return str(connection.execute("SELECT status FROM campaign").fetchone()[0])


def ledger(data_dir: Path) -> dict[str, str]:
    with closing(sqlite3.connect(data_dir / "handbill.db")) as connection:
        return dict(connection.execute("SELECT address, state FROM delivery").fetchall())


def count(mails: Path) -> int:
    return sum(1 for _ in (mails / "new").iterdir())


def arrived(mails: Path) -> Counter[str]:
    first_lines = (path.read_text("utf-8").partition("\n")[0] for path in (mails / "new").iterdir())
    return Counter(line.split(": ")[1] for line in first_lines)


def test_kills_in_one_send_repeat_nothing_and_lose_nobody(tmp_path: Path):
    data_dir, mails = tmp_path / "data", tmp_path / "mails"
    data_dir.mkdir(mode=0o700)
    asyncio.run(seed(data_dir))
    with running("mailcatcher", "--dir", str(mails)) as catcher:
        assert catcher.stdout is not None
        port = catcher.stdout.readline().split(":")[1].split(" ")[0]
        url = f"smtp://127.0.0.1:{port}?from=news@example.com&lanes={LANES}"
        serve = ("serve", "--port", "0", "--data-dir", str(data_dir))
        for kill in range(KILLS):
            with running(*serve, HANDBILL_SMTP_URL=url, HANDBILL_LOG_LEVEL="error") as backend:
                enough = MAILS_EACH * kill + MAILS_EACH // 2
                wait_for(f"{enough} mails", lambda at=enough: count(mails) >= at)
                backend.send_signal(signal.SIGKILL)
                backend.wait()
            assert status(data_dir) == "SENDING", "it was killed in the middle"
        with running(*serve, HANDBILL_SMTP_URL=url, HANDBILL_LOG_LEVEL="error"):
            wait_for("the end", lambda: status(data_dir) == "SENT")
    states, got = ledger(data_dir), arrived(mails)
    assert max(got.values()) == 1
    assert len(states) == CONTACTS
    assert set(states.values()) <= {"accepted", "unknown"}
    assert {address for address, state in states.items() if state == "accepted"} <= set(got)
    assert list(states.values()).count("unknown") <= KILLS * LANES
