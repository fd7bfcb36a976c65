"""The local store: what is acknowledged stays, and half states cannot exist."""

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from contract.clock import ManualClock
from localstore.folders import Account, FolderError, private_folder, runtime_folder
from localstore.inbox import Inbox, Pulled
from localstore.peek import Peek
from localstore.records import DocKind
from localstore.schema import VERSION, NewerStoreError, prepare
from localstore.store import StaleEditError, Store

CAMPAIGN = DocKind.CAMPAIGN
WRITER = """
import asyncio, sys
from pathlib import Path
from contract.clock import SystemClock
from localstore.records import DocKind
from localstore.store import Store

async def main():
    store = Store(Path(sys.argv[1]), SystemClock())
    await store.create(DocKind.CAMPAIGN, "a", {"name": "0"})
    seq = 1
    while True:
        seq = await store.save(DocKind.CAMPAIGN, "a", {"name": str(seq) + "x" * (seq % 900)}, seq)
        print(seq, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "drafts.db"
    prepare(path)
    return path


@pytest.fixture
async def store(path: Path):
    store = Store(path, ManualClock())
    yield store
    await store.close()


class TestSave:
    async def test_a_save_on_an_old_reading_is_refused(self, store):
        await store.create(CAMPAIGN, "a", {"name": "one"})
        await store.save(CAMPAIGN, "a", {"name": "two"}, 1)
        with pytest.raises(StaleEditError):
            await store.save(CAMPAIGN, "a", {"name": "three"}, 1)
        row = await store.row(CAMPAIGN, "a")
        assert row.mine == {"name": "two"}

    async def test_a_pulled_row_makes_an_open_editor_stale(self, store):
        await Inbox(store).pulled([Pulled(CAMPAIGN, "a", {"name": "old"}, "r1")], "1.x")
        seen = (await store.row(CAMPAIGN, "a")).mine_seq
        await Inbox(store).pulled([Pulled(CAMPAIGN, "a", {"name": "new"}, "r2")], "2.x")
        with pytest.raises(StaleEditError):
            await store.save(CAMPAIGN, "a", {"name": "typed on the old one"}, seen)

    @pytest.mark.parametrize("round_", range(4))
    def test_what_was_acknowledged_survives_kill_9(self, path, round_):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True)
        acknowledged = 0
        dice = random.Random(round_)
        for _ in range(dice.randint(5, 60)):
            acknowledged = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged = max([acknowledged, *map(int, writer.stdout.read().split("\n")[:-1])])
        writer.wait()
        writer.stdout.close()
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT mine_seq FROM doc").fetchone()[0] >= acknowledged
        connection.close()

    async def test_every_commit_is_synced_to_the_disk(self, store):
        async with store.writing() as connection:
            synchronous = (await connection.exec_driver_sql("PRAGMA synchronous")).scalar()
            journal = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar()
        assert (synchronous, journal) == (2, "wal")


class TestDeletion:
    async def test_it_can_be_taken_back(self, store, path):
        await store.create(CAMPAIGN, "a", {"name": "precious"})
        await store.remove(CAMPAIGN, "a", undo_seconds=10)
        peek = Peek(path)
        assert peek.documents(CAMPAIGN) == []
        await store.restore(CAMPAIGN, "a")
        assert [doc.name for doc in peek.documents(CAMPAIGN)] == ["precious"]
        peek.close()

    async def test_taking_back_an_untouched_document_leaves_nothing_to_push(self, store):
        await Inbox(store).pulled([Pulled(CAMPAIGN, "a", {"name": "x"}, "r1")], "1.x")
        await store.remove(CAMPAIGN, "a", undo_seconds=10)
        await store.restore(CAMPAIGN, "a")
        assert await store.unsettled() == []


class TestFile:
    def test_only_its_owner_can_read_it(self, path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_file_from_the_future_is_refused_and_not_touched(self, path):
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
        connection.close()
        before = path.read_bytes()
        with pytest.raises(NewerStoreError, match="newer version"):
            prepare(path)
        assert path.read_bytes() == before

    @pytest.mark.parametrize(
        "half",
        [
            "UPDATE doc SET flight_op = 'x'",
            "UPDATE doc SET base_json = '{}'",
            "UPDATE doc SET theirs_json = '{}'",
            "UPDATE doc SET hold = 'conflict'",
            "UPDATE doc SET synced_seq = mine_seq + 1",
            "UPDATE doc SET mine_json = NULL, synced_seq = mine_seq",
            "UPDATE doc SET hold = 'nonsense'",
            "UPDATE doc SET flight_op = 'x', flight_body = '{}', flight_seq = 9, flight_verb = 'save'",
        ],
    )
    async def test_half_states_are_impossible(self, store, path, half):
        await store.create(CAMPAIGN, "a", {"name": "x"})
        connection = sqlite3.connect(path)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(half)
        connection.close()

    def test_each_account_has_its_own_file(self, tmp_path):
        files = {
            Account(server, user, org).file_in(tmp_path)
            for server in ("a", "b")
            for user in ("1", "2")
            for org in ("1", "2")
        }
        assert len(files) == 8

    def test_a_socket_never_gets_a_path_that_is_too_long(self, tmp_path, monkeypatch):
        deep = tmp_path / ("x" * 60) / ("y" * 60)
        deep.mkdir(parents=True)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
        folder = runtime_folder(tmp_path)
        assert len(os.fsencode(folder / "api.sock")) <= 100
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        folder.rmdir()

    def test_an_unusable_folder_is_named(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(FolderError, match="file"):
            private_folder(tmp_path / "file" / "inside")
