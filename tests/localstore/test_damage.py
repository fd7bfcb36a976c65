"""A damaged file, a full disk, a folder that cannot be written: said, and nothing is thrown away."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from contract.clock import ManualClock
from localstore.engine import storage_sentence
from localstore.peek import Peek
from localstore.records import DocKind
from localstore.salvage import damaged, open_or_salvage, salvage
from localstore.schema import prepare
from localstore.store import ForeignStoreError, Store

CAMPAIGN = DocKind.CAMPAIGN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "drafts.db"
    prepare(path)
    return path


async def fill(path: Path, count: int = 40) -> None:
    store = Store(path, ManualClock())
    for n in range(count):
        await store.create(CAMPAIGN, f"d{n:03}", {"name": f"Draft {n} " + "words " * 400})
    await store.checkpoint()
    await store.close()


class TestDamage:
    def test_a_file_that_is_no_database_is_kept_aside(self, tmp_path):
        path = tmp_path / "drafts.db"
        path.write_bytes(b"this was a database once " * 400)
        found = open_or_salvage(path)
        assert found.documents == 0
        assert found.aside.read_bytes().startswith(b"this was a database once")
        assert str(found.aside) in found.sentence
        with closing(Peek(path)) as peek:
            assert peek.documents(CAMPAIGN) == []

    async def test_what_can_still_be_read_is_recovered(self, path):
        await fill(path)
        whole = path.read_bytes()
        page = 4096 * (len(whole) // 4096 // 2)
        path.write_bytes(whole[:page] + b"\xff" * 4096 + whole[page + 4096 :])
        assert damaged(path)
        found = salvage(path)
        assert 20 <= found.documents <= 40
        assert f"{found.documents} documents were recovered" in found.sentence
        with closing(Peek(path)) as peek:
            names = {doc.name.split("words")[0].strip() for doc in peek.documents(CAMPAIGN)}
            assert len(names) == found.documents
            assert peek.meta("cursor") is None
        assert not damaged(path)

    async def test_a_sound_file_is_left_alone(self, path):
        await fill(path, 3)
        assert not damaged(path)
        assert open_or_salvage(path) is None


class TestFullDisk:
    async def test_it_is_recognised_and_the_old_words_are_intact(self, path):
        store = Store(path, ManualClock())
        await store.create(CAMPAIGN, "a", {"name": "precious"})
        async with store.reading() as connection:
            pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar()
        async with store.writing() as connection:
            await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OperationalError) as error:
            await store.save(CAMPAIGN, "a", {"name": "x" * 200_000}, 1)
        assert storage_sentence(error.value) == "disk full"
        assert (await store.row(CAMPAIGN, "a")).mine == {"name": "precious"}
        async with store.writing() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        assert await store.save(CAMPAIGN, "a", {"name": "x" * 200_000}, 1) == 2
        await store.close()

    async def test_a_file_that_cannot_be_written_is_recognised(self, path):
        store = Store(path, ManualClock())
        async with store.writing() as connection:
            await connection.exec_driver_sql("SELECT 1")
        async with store._writer.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            await driver.execute("PRAGMA query_only = ON")
        with pytest.raises(OperationalError) as error:
            await store.create(CAMPAIGN, "a", {"name": "x"})
        assert storage_sentence(error.value) == "the folder cannot be written"
        await store.close()

    @pytest.mark.parametrize(
        ("code", "words"),
        [
            (sqlite3.SQLITE_FULL, "disk full"),
            (sqlite3.SQLITE_IOERR, "the disk does not take it"),
            (sqlite3.SQLITE_CANTOPEN, "the folder cannot be written"),
            (sqlite3.SQLITE_BUSY, "another program holds the file"),
            (sqlite3.SQLITE_CORRUPT, "the file is damaged; restart to recover it"),
            (sqlite3.SQLITE_CONSTRAINT, None),
        ],
    )
    def test_each_reason_has_its_words(self, code, words):
        error = sqlite3.OperationalError("x")
        error.sqlite_errorcode = code
        assert storage_sentence(error) == words


class TestIdentity:
    async def test_a_file_of_somebody_else_is_not_opened(self, path):
        store = Store(path, ManualClock())
        await store.claim("server ana shop")
        await store.claim("server ana shop")
        with pytest.raises(ForeignStoreError):
            await store.claim("server ben shop")
        await store.close()
