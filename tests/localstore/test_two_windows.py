"""Two processes on one file: no word is lost, nobody fails, and a killed window lets go."""

import multiprocessing
from pathlib import Path

import pytest

from contract.clock import SystemClock
from localstore.locks import draft_lock
from localstore.schema import prepare
from localstore.store import Store
from tests.e2e.conftest import wait_until
from tests.localstore import window

FORKS = multiprocessing.get_context("forkserver")
WORDS = 40


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "drafts.db"
    prepare(path)
    store = Store(path, SystemClock())
    await store.create(window.CAMPAIGN, "a", {"name": "start"})
    await store.close()
    return path


async def test_both_write_at_once_and_every_word_is_there(path: Path) -> None:
    windows = [FORKS.Process(target=window.add_words, args=(path, name, WORDS)) for name in "xy"]
    for process in windows:
        process.start()
    for process in windows:
        process.join(60)
        assert process.exitcode == 0
        process.close()
    store = Store(path, SystemClock())
    row = await store.row(window.CAMPAIGN, "a")
    await store.close()
    words = row.mine["name"].split()
    assert sorted(words) == sorted(["start", *(f"{name}{n}" for name in "xy" for n in range(WORDS))])


async def test_a_killed_window_lets_go_of_its_draft(path: Path) -> None:
    near, far = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=window.hold_draft, args=(path, far))
    process.start()
    assert near.recv() == "held"
    mine = draft_lock(path, window.CAMPAIGN, "a")
    assert not mine.try_acquire()
    process.kill()
    process.join()
    wait_until(mine.try_acquire)
    mine.release()
    process.close()
    near.close()
    far.close()
