"""Write transactions in a thread of their own."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, text

from backend.db.engine import Database


def _rename(name: str):
    def work(connection: Connection) -> None:
        connection.execute(text("UPDATE worker_session SET id = :name"), {"name": name})

    return work


@pytest.fixture
async def ledger(database: Database) -> Database:
    """With one row to write to."""
    begin = "INSERT INTO worker_session (id, started_at, expires_at, fenced) VALUES ('old', 0, 0, :no)"
    await database.write_ledger(lambda connection: connection.execute(text(begin), {"no": False}))
    return database


async def names(database: Database) -> list[str]:
    async with database.system_reader() as session:
        return list(await session.scalars(text("SELECT id FROM worker_session")))


async def test_it_commits(ledger: Database) -> None:
    await ledger.write_ledger(_rename("new"))
    assert await names(ledger) == ["new"]


async def test_what_raises_is_rolled_back_and_the_next_one_goes_on(ledger: Database) -> None:
    def half(connection: Connection) -> None:
        _rename("half")(connection)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await ledger.write_ledger(half)
    assert await names(ledger) == ["old"]
    await ledger.write_ledger(_rename("new"))
    assert await names(ledger) == ["new"]


async def test_whoever_is_cancelled_waits_until_it_is_decided(ledger: Database) -> None:
    """Else a worker that ends could tidy up while its last marks are still being written."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        _rename("new")(connection)
        begun.set()
        go_on.wait(60)

    writing = asyncio.create_task(ledger.write_ledger(slow))
    await asyncio.to_thread(begun.wait, 60)
    writing.cancel()
    _, waiting = await asyncio.wait([writing], timeout=0.05)
    assert waiting
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await names(ledger) == ["new"]


async def test_writers_in_and_out_of_the_thread_take_turns(ledger: Database) -> None:
    async def plain() -> None:
        async with ledger.system_writer() as session:
            await session.execute(text("UPDATE worker_session SET started_at = started_at + 1"))

    def direct(connection: Connection) -> None:
        connection.execute(text("UPDATE worker_session SET started_at = started_at + 1"))

    await asyncio.gather(*(plain() if i % 2 else ledger.write_ledger(direct) for i in range(20)))
    async with ledger.system_reader() as session:
        assert await session.scalar(text("SELECT started_at FROM worker_session")) == 20
