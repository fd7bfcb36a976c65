"""The sending side put together: what the application is handed, and what runs beside it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import structlog
from filelock import FileLock, Timeout

from backend.db.engine import Database
from backend.delivery.accounts import Accounts, DefaultAccount, Unseal
from backend.delivery.content import Letters
from backend.delivery.counts import Counts
from backend.delivery.database_clock import DatabaseClock
from backend.delivery.engine import Engine
from backend.delivery.enrolling import Enroller
from backend.delivery.freeze import Freezer
from backend.delivery.jobs import EVERYWHERE
from backend.delivery.mailer import Mailer
from backend.delivery.memory_engine import MemoryEngine
from backend.delivery.monitor import Monitor
from backend.delivery.sequencing import SequencingService
from backend.delivery.service import DeliveryService
from backend.delivery.sweeps import Sweeps
from backend.delivery.tools import Tools
from backend.delivery.worker import Worker
from backend.ports import Audience
from contract.clock import Clock

log = structlog.get_logger(__name__)

LOCK_RETRY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Sending:
    """`delivery` and `sequencing` are the ports; `worker` does the work while `run` is open."""

    tools: Tools
    worker: Worker
    delivery: DeliveryService
    sequencing: SequencingService

    @asynccontextmanager
    async def run(self, lock_file: Path) -> AsyncGenerator[None]:
        """Send while the block lasts, as soon as no other process on this computer does."""
        task = asyncio.create_task(self._run_alone(lock_file))
        try:
            yield
        finally:
            await self.worker.stop()
            _, late = await asyncio.wait([task], timeout=LOCK_RETRY_SECONDS)
            if late:
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run_alone(self, lock_file: Path) -> None:
        lock = FileLock(lock_file, mode=0o600)
        while True:
            try:
                lock.acquire(timeout=0)
                break
            except Timeout:
                await self.tools.clock.sleep(LOCK_RETRY_SECONDS)
        try:
            await self.worker.run()
        finally:
            lock.release()


def assemble(
    *,
    database: Database,
    clock: Clock,
    random: Random,
    audience: Audience,
    mailer: Mailer,
    default_account: DefaultAccount | None,
    public_url: str | None,
    unseal: Unseal,
    on_start: Callable[[], None] | None = None,
) -> Sending:
    """Everything but the database's tables and the process it runs in.

    On PostgreSQL several workers share the work, and requests nudge them from other processes.
    """
    alone = database.dialect == "sqlite"
    agreed = DatabaseClock(clock)
    if not alone:
        clock = agreed
    accounts = Accounts(default_account, unseal)
    letters = Letters(database, public_url)
    tools = Tools(
        database=database,
        clock=clock,
        random=random,
        mailer=mailer,
        accounts=accounts,
        letters=letters,
        freezer=Freezer(database, clock, audience, accounts, letters),
        audience=audience,
        enroller=Enroller(database, clock, audience),
        sweeps=Sweeps(clock),
        monitor=Monitor(clock),
        counts=Counts(clock),
    )
    worker = Worker(
        tools,
        lambda: MemoryEngine(clock) if alone else _shared_engine(database, clock),
        alone=alone,
        agree=None if alone else agreed.agree,
        on_start=on_start,
    )
    wake = worker.wake if alone else _nudge(database)
    return Sending(tools, worker, DeliveryService(tools, audience, wake), SequencingService(audience))


def _shared_engine(database: Database, clock: Clock) -> Engine:
    from backend.delivery.postgres_engine import PostgresEngine, own_connections  # psycopg takes its time

    return PostgresEngine(own_connections(database.engine), clock, everywhere=EVERYWHERE)


def _nudge(database: Database) -> Callable[[], None]:
    from backend.delivery.nudge import Nudge

    return Nudge(database)
