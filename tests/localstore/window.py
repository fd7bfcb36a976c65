"""Another window on the same file, as a process of its own."""

import asyncio
import time
from multiprocessing.connection import Connection
from pathlib import Path

from contract.clock import SystemClock
from localstore.locks import draft_lock
from localstore.records import DocKind
from localstore.store import StaleEditError, Store

CAMPAIGN = DocKind.CAMPAIGN


def add_words(path: Path, name: str, count: int) -> None:
    """Add so many words, each on top of what is there."""
    asyncio.run(_add_words(path, name, count))


async def _add_words(path: Path, name: str, count: int) -> None:
    store = Store(path, SystemClock())
    done = 0
    while done < count:
        row = await store.row(CAMPAIGN, "a")
        assert row is not None
        assert row.mine is not None
        words = f"{row.mine['name']} {name}{done}"
        try:
            await store.save(CAMPAIGN, "a", {"name": words}, row.mine_seq)
        except StaleEditError:
            continue
        done += 1
    await store.close()


def hold_draft(path: Path, pipe: Connection) -> None:
    """Edit the draft until killed."""
    lock = draft_lock(path, CAMPAIGN, "a")
    assert lock.try_acquire()
    pipe.send("held")
    time.sleep(600)
