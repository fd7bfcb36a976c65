"""Real workers on a real PostgreSQL that lose the ground under them in the middle of a send.

After each round it holds: nobody got the mail twice, whoever got it is not taken for waiting, and at
most as many are unknown as connections were open. `HANDBILL_SEEDS` sets how many rounds there are.
"""

import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from backend.db.setup import admin_url, set_up
from tests.backend.delivery.workers import (
    LANES,
    QUICK,
    SLOW,
    Keeping,
    check_everyone,
    check_so_far,
    end,
    keeping_mails,
    ready,
    seed,
    status,
    taken_by_session,
    until,
    worker,
)
from tests.backend.postgres.fixtures import Postgres, where_it_runs
from tests.backend.postgres.server import Server, running_server
from tests.conftest import SEEDS

ROUNDS = max(3, min(SEEDS, 20))
"""Of each kind of fault."""
MAILS_EACH = 60
MAILS_MEANWHILE = 200
"""Few leave while a worker is down; so many would, if a round took a quarter of a minute."""


async def more(keeping: Keeping, mails: int) -> None:
    """Until so many more have arrived: somebody is still sending. Then the server takes its time."""
    before = len(keeping.arrived)
    keeping.pace = QUICK
    await until(lambda: len(keeping.arrived) >= before + mails)
    keeping.pace = SLOW


class Pair:
    """Two workers; one after the other meets with an accident, and the other goes on."""

    def __init__(self, postgres: Postgres, url: str, folder: Path, stack: ExitStack) -> None:
        self._postgres = postgres
        self._begin = lambda: stack.enter_context(worker(postgres, url, folder))
        self.processes: list[subprocess.Popen[str]] = []
        self.sessions: list[set[str]] = []

    async def add(self) -> None:
        before = self._alive()
        process = self._begin()
        await ready(process)
        self.processes.append(process)
        self.sessions.append(self._alive() - before)

    def _alive(self) -> set[str]:
        query = "SELECT id FROM worker_session WHERE NOT fenced"
        return {row[0] for row in self._postgres.admin.execute(query).fetchall()}

    async def _taken_for_dead(self, sessions: set[str], *, waiting: bool) -> None:
        """`waiting` out the eight seconds of their lease, or as if these had passed already."""
        if not waiting:
            query = "UPDATE worker_session SET expires_at = 0 WHERE id = ANY(%s)"
            self._postgres.admin.execute(query, [list(sessions)])
        await until(lambda: not sessions & self._alive())

    async def kill(self, *, waiting: bool) -> None:
        """The older one, for good; a new one comes."""
        process, sessions = self.processes.pop(0), self.sessions.pop(0)
        process.send_signal(signal.SIGKILL)
        process.wait()
        await self._taken_for_dead(sessions, waiting=waiting)
        await self.add()

    async def freeze_and_thaw(self, *, waiting: bool) -> None:
        """The older one sleeps, as under a laptop's lid, until others took it for dead; then it wakes up."""
        process, sessions = self.processes.pop(0), self.sessions.pop(0)
        process.send_signal(signal.SIGSTOP)
        await self._taken_for_dead(sessions, waiting=waiting)
        before = self._alive()
        process.send_signal(signal.SIGCONT)
        await until(lambda: bool(self._alive() - before))
        self.processes.append(process)
        self.sessions.append(self._alive() - before)


@pytest.mark.parametrize("fault", ["kill", "freeze_and_thaw"])
async def test_one_of_two_is_gone_and_the_other_goes_on(postgres: Postgres, tmp_path: Path, fault: str):
    contacts = (MAILS_EACH + MAILS_MEANWHILE) * ROUNDS
    await seed(postgres, contacts)
    with ExitStack() as stack:
        async with keeping_mails() as (keeping, url):
            keeping.pace = SLOW
            pair = Pair(postgres, url, tmp_path, stack)
            await pair.add()
            await pair.add()
            for number in range(ROUNDS):
                await more(keeping, MAILS_EACH)
                await getattr(pair, fault)(waiting=number == 0)
                assert status(postgres) == "SENDING", "it happened in the middle"
                check_so_far(postgres, keeping, (1 + number) * LANES)
            keeping.pace = QUICK
            await until(lambda: status(postgres) == "SENT")
            for process in pair.processes:
                await end(process)
    check_everyone(postgres, keeping, contacts, ROUNDS * LANES)
    assert len(taken_by_session(postgres)) >= 2, "more than one took part"
    assert postgres.admin.execute("SELECT bool_and(fenced) FROM worker_session").fetchone() == (True,)


@pytest.fixture
def own_server():
    """A durable PostgreSQL that may be brought down."""
    with where_it_runs() as binaries, running_server(binaries, quick=False) as server:
        yield server


def reached(server: Server) -> Postgres:
    admin = psycopg.connect(host=str(server.folder), user="postgres", dbname="postgres", autocommit=True)
    return Postgres(str(server.folder), "postgres", admin)


async def test_the_database_crashes_and_comes_back(own_server: Server, tmp_path: Path):
    """As by `pg_ctl restart -m immediate`: nobody is asked, nothing is flushed, and it recovers."""
    postgres = reached(own_server)
    set_up(admin_url(postgres.admin_url))
    contacts = (MAILS_EACH + MAILS_MEANWHILE) * ROUNDS
    await seed(postgres, contacts)
    async with keeping_mails() as (keeping, url):
        with worker(postgres, url, tmp_path) as only:
            keeping.pace = SLOW
            await ready(only)
            for number in range(ROUNDS):
                await more(keeping, MAILS_EACH)
                postgres.admin.close()
                own_server.crash()
                postgres = reached(own_server)
                assert status(postgres) == "SENDING", "it happened in the middle"
                check_so_far(postgres, keeping, (1 + number) * LANES)
            keeping.pace = QUICK
            await until(lambda: status(postgres) == "SENT")
            await end(only)
    check_everyone(postgres, keeping, contacts, ROUNDS * LANES)
    postgres.admin.close()
