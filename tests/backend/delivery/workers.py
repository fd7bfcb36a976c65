"""Real workers on a real PostgreSQL, and a mail server that keeps count by address."""

import asyncio
import os
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP
from sqlalchemy import insert

from backend.db.engine import Database, make_engine
from backend.db.entry import enter_organisation
from backend.db.feed import take_row_ids
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.db.models.segment import Segment
from backend.orgs.service import create_org
from contract.clock import SystemClock
from contract.ids import new_document_id
from tests.backend.delivery.world import CONTENT, SEGMENT
from tests.backend.postgres.fixtures import Postgres
from tests.conftest import SEEDS
from tests.forked import BACKEND, Forked

ROOT = Path(__file__).parents[3]
LANES = 4
PATIENCE = 60 if SEEDS < 20 else 600
QUICK, SLOW = 0.005, 0.3


class Keeping:
    """Takes every mail, after a moment: `pace` seconds."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.pace = QUICK

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.arrived += envelope.rcpt_tos
        await asyncio.sleep(self.pace)
        return "250 taken"


@asynccontextmanager
async def keeping_mails() -> AsyncIterator[tuple[Keeping, str]]:
    """What arrived, and the address of the server for workers."""
    keeping = Keeping()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keeping, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield keeping, f"smtp://127.0.0.1:{port}?from=news@example.com&lanes={LANES}"
    finally:
        server.close()


async def seed(postgres: Postgres, contacts: int, **campaign: object) -> None:
    """One organisation, its contacts, and a campaign that is due."""
    database = Database(make_engine(postgres.app_url))
    now = SystemClock().now()
    stamps = {"created_at": now, "updated_at": now}
    async with database.system_writer() as session:
        org_id, _ = await create_org(session, "Acme", "olive@acme.example", "x", now)
        await enter_organisation(session, org_id)
    async with database.writer(org_id) as session:
        ids = await take_row_ids(session, contacts)
        people = [{"id": i, "email": f"c{i}@example.org", "status": "subscribed", **stamps} for i in ids]
        await session.execute(insert(Contact), people)
        session.add(Segment(id=SEGMENT, name="All", dsl_json={"all": []}, **stamps))
        values = {"content_json": CONTENT, "status": "SCHEDULED", "send_at": now, "segment_id": SEGMENT}
        session.add(Campaign(id=new_document_id(), name="Autumn", **{**values, **campaign}, **stamps))
    await database.close()


@contextmanager
def worker(
    postgres: Postgres, smtp_url: str, folder: Path, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {
        "HANDBILL_DATABASE_URL": postgres.worker_url,
        "HANDBILL_SECRET_KEY": "the same on every host",
        "HANDBILL_SMTP_URL": smtp_url,
        "HANDBILL_LOG_LEVEL": "error",
        "HANDBILL_DATA_DIR": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder),
    }
    command = [*BACKEND, "worker"]
    with Forked(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


async def ready(*workers: subprocess.Popen[str]) -> None:
    for process in workers:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == "ready\n"


async def end(process: subprocess.Popen[str]) -> None:
    """Politely; the mail server answers meanwhile."""
    process.terminate()
    assert await asyncio.to_thread(process.wait, PATIENCE) == 0


async def until(condition) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)


def status(postgres: Postgres) -> str:
    return postgres.admin.execute("SELECT status FROM campaign").fetchone()[0]


def ledger(postgres: Postgres) -> dict[str, str]:
    return dict(postgres.admin.execute("SELECT address, state FROM delivery").fetchall())


def check_everyone(postgres: Postgres, keeping: Keeping, contacts: int, most_unknown: int) -> None:
    """The promise, counted by address on both sides."""
    states, got = ledger(postgres), Counter(keeping.arrived)
    assert max(got.values()) == 1
    assert len(states) == contacts
    assert set(states.values()) <= {"accepted", "unknown"}
    accepted = {address for address, state in states.items() if state == "accepted"}
    assert accepted <= set(got)
    assert set(got) - accepted <= {address for address, state in states.items() if state == "unknown"}
    assert list(states.values()).count("unknown") <= most_unknown


def taken_by_session(postgres: Postgres) -> Counter[str]:
    return Counter(row[0] for row in postgres.admin.execute("SELECT session_id FROM delivery").fetchall())


def check_so_far(postgres: Postgres, keeping: Keeping, most_unknown: int) -> None:
    """In the middle: what stands in the ledger may be late, but never says less than what left."""
    before = set(keeping.arrived)
    assert len(before) == len(keeping.arrived), "nobody got it twice"
    states = ledger(postgres)
    assert list(states.values()).count("unknown") <= most_unknown
    left = {address for address, state in states.items() if state in ("handed", "accepted", "unknown")}
    assert before <= left, "whoever got it is never taken for waiting"
