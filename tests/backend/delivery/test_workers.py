"""Real workers on a real PostgreSQL, with a mail server that keeps count. One is killed with SIGKILL."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from sqlalchemy import insert

from backend.db.engine import Database, make_engine
from backend.db.entry import enter_organisation
from backend.db.feed import take_row_ids
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.db.models.segment import Segment
from backend.delivery.database_clock import DatabaseClock
from backend.orgs.service import create_org
from contract.clock import SystemClock
from contract.ids import new_document_id
from tests.backend.delivery.world import CONTENT, SEGMENT
from tests.backend.postgres.fixtures import Postgres

ROOT = Path(__file__).parents[3]
LANES = 4
PATIENCE = 60


class Keeping:
    """Takes every mail, after a moment."""

    def __init__(self) -> None:
        self.arrived: list[str] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.arrived += envelope.rcpt_tos
        await asyncio.sleep(0.005)
        return "250 taken"


@pytest.fixture
async def mails() -> AsyncIterator[tuple[Keeping, str]]:
    """What arrived, and the address of the server."""
    keeping = Keeping()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keeping, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield keeping, f"smtp://127.0.0.1:{port}?from=news@example.com&lanes={LANES}"
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
    command = [sys.executable, "-P", "-m", "cli.main", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
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


async def test_one_of_two_is_killed_and_the_other_sends_the_rest(postgres: Postgres, mails, tmp_path: Path):
    keeping, url = mails
    contacts = 900
    await seed(postgres, contacts)
    with worker(postgres, url, tmp_path) as first, worker(postgres, url, tmp_path) as second:
        await ready(first, second)
        await until(lambda: len(keeping.arrived) >= contacts // 3)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert status(postgres) == "SENDING", "it was killed in the middle"
        await until(lambda: status(postgres) == "SENT")
        await end(second)
    check_everyone(postgres, keeping, contacts, LANES)
    shares = taken_by_session(postgres)
    assert len(shares) == 2, "both took part"
    assert postgres.admin.execute("SELECT bool_and(fenced) FROM worker_session").fetchone() == (True,)


async def test_a_signal_loses_nothing_and_leaves_nothing_unknown(postgres: Postgres, mails, tmp_path: Path):
    keeping, url = mails
    await seed(postgres, 400)
    with worker(postgres, url, tmp_path) as only:
        await ready(only)
        await until(lambda: len(keeping.arrived) >= 100)
        await end(only)
    states = ledger(postgres)
    assert set(states.values()) == {"accepted", "pending"}
    assert {address for address, state in states.items() if state == "accepted"} == set(keeping.arrived)
    with worker(postgres, url, tmp_path) as other:
        await ready(other)
        await until(lambda: status(postgres) == "SENT")
    assert max(Counter(keeping.arrived).values()) == 1
    assert len(keeping.arrived) == 400


def shut(postgres: Postgres) -> None:
    """What a restart is to workers: everything ends, and for a while they do not get in."""
    postgres.admin.execute("ALTER ROLE handbill_worker NOLOGIN")
    postgres.admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'handbill_worker'"
    )


def open_again(postgres: Postgres) -> None:
    postgres.admin.execute("ALTER ROLE handbill_worker LOGIN")


async def test_the_database_goes_away_three_times(postgres: Postgres, mails, tmp_path: Path):
    keeping, url = mails
    contacts = 600
    await seed(postgres, contacts)
    with worker(postgres, url, tmp_path) as only:
        await ready(only)
        for threshold in (60, 200, 380):
            await until(lambda at=threshold: len(keeping.arrived) >= at)
            try:
                shut(postgres)
                await asyncio.sleep(0.3)  # it is away for a while
            finally:
                open_again(postgres)
        await until(lambda: status(postgres) == "SENT")
        await end(only)
    check_everyone(postgres, keeping, contacts, LANES * 3)


async def test_a_worker_that_was_stopped_until_it_was_fenced(postgres: Postgres, mails, tmp_path: Path):
    """SIGSTOP, as a laptop's lid or a debugger does; then it wakes up with mails in its hands."""
    keeping, url = mails
    contacts = 500
    await seed(postgres, contacts)
    with worker(postgres, url, tmp_path) as sleeper:
        await ready(sleeper)
        await until(lambda: len(keeping.arrived) >= 100)
        sleeper.send_signal(signal.SIGSTOP)
        with worker(postgres, url, tmp_path) as other:
            await ready(other)
            await until(lambda: status(postgres) == "SENT")
            sleeper.send_signal(signal.SIGCONT)
            await end(sleeper)
            await end(other)
    check_everyone(postgres, keeping, contacts, LANES)


class _Fast(SystemClock):
    """A host that is two hours ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=2)


async def test_workers_go_by_the_clock_of_the_database(postgres: Postgres):
    clock = DatabaseClock(_Fast())
    database = Database(make_engine(postgres.worker_url))
    async with database.system_reader() as session:
        await clock.agree(await session.connection())
    await database.close()
    assert abs(clock.now() - SystemClock().now()) < timedelta(seconds=2)


class TestRefusals:
    """What it cannot work with is said at once."""

    def run(self, tmp_path: Path, **settings: str) -> str:
        environment = {n: v for n, v in os.environ.items() if not n.startswith("HANDBILL_")}
        environment |= {"HANDBILL_DATA_DIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), **settings}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "cli.main", "worker"],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode in (1, 2)
        assert done.stdout == ""
        return done.stderr

    def test_sqlite(self, tmp_path: Path):
        assert "needs PostgreSQL" in self.run(tmp_path)

    def test_a_role_that_sees_no_mail(self, postgres: Postgres, tmp_path: Path):
        said = self.run(tmp_path, HANDBILL_DATABASE_URL=postgres.app_url, HANDBILL_SECRET_KEY="x" * 20)
        assert "expected handbill_worker in HANDBILL_DATABASE_URL" in said
