"""`handbill worker` as a process: it sends for every organisation of one PostgreSQL, beside others like it.

It serves nothing. SIGTERM and SIGINT let the mails on the wire end; what it held is given back.
"""

import argparse
import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import text

from backend.begin import begin
from backend.db.engine import Database, make_engine
from backend.db.policies import WORKER_ROLE
from backend.db.schema import UnpreparedDatabaseError, prepare_database
from backend.delivery.worker import Worker
from backend.parts import Parts
from backend.refusals import SettingsError
from backend.secret_key import load_secret_keys
from backend.segments.audience import SegmentAudience
from backend.sending import assembled
from backend.settings import Settings
from contract.clock import Clock, SystemClock

FROZEN_SECONDS = 8
"""As long as a session's lease: a worker that hangs inside a transaction must not keep others waiting."""

_IS_WORKER = text(f"SELECT pg_has_role(current_user, '{WORKER_ROLE}', 'USAGE')")


async def _check(database: Database) -> None:
    """Raises `UnpreparedDatabaseError`: any other role would see no mail, and wait for ever."""
    await prepare_database(database.engine)
    async with database.system_reader() as session:
        if not await session.scalar(_IS_WORKER):
            raise UnpreparedDatabaseError(
                f"this PostgreSQL role may not send: expected {WORKER_ROLE} in HANDBILL_DATABASE_URL"
            )


async def run(settings: Settings, clock: Clock) -> None:
    """Work until a signal comes. Raises what `__main__` turns into sentences."""
    if not settings.on_postgresql:
        raise SettingsError(
            "A worker of its own needs PostgreSQL: expected postgresql+psycopg://... in "
            "HANDBILL_DATABASE_URL. With SQLite `handbill` and `handbill serve` send by themselves."
        )
    database = Database(make_engine(settings.database_url, frozen_after=FROZEN_SECONDS))
    try:
        await _check(database)
        parts = Parts(settings, clock, database, load_secret_keys(settings))
        sending = assembled(parts, SegmentAudience(), on_start=_once(_say_ready))
        await _work(sending.worker)
    finally:
        await database.close()


async def _work(worker: Worker) -> None:
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)
    working = asyncio.create_task(worker.run())
    await stopping.wait()
    await worker.stop()
    await working


def _say_ready() -> None:
    print("ready", flush=True)  # noqa: T201


def _once(say: Callable[[], None]) -> Callable[[], None]:
    """A session that follows one that ended is no news."""
    said = False

    def perhaps() -> None:
        nonlocal said
        if not said:
            said = True
            say()

    return perhaps


def main(options: argparse.Namespace) -> None:
    """`worker`."""
    asyncio.run(run(begin(options), SystemClock()))
