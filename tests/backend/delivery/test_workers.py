"""Real workers: ending them, the clock they go by, and what they refuse."""

import os
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from backend.db.engine import Database, make_engine
from backend.delivery.database_clock import DatabaseClock
from contract.clock import SystemClock
from tests.backend.delivery.workers import (
    ROOT,
    Keeping,
    end,
    keeping_mails,
    ledger,
    ready,
    seed,
    status,
    until,
    worker,
)
from tests.backend.postgres.fixtures import Postgres


async def test_a_signal_loses_nothing_and_leaves_nothing_unknown(postgres: Postgres, tmp_path: Path):
    async with keeping_mails() as (keeping, url):
        await _end_in_the_middle(postgres, keeping, url, tmp_path)


async def _end_in_the_middle(postgres: Postgres, keeping: Keeping, url: str, tmp_path: Path) -> None:
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
