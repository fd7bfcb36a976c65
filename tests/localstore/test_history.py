"""What was replaced can be brought back for thirty days of use, whatever the clock says."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contract.clock import ManualClock
from localstore.decisions import Decisions
from localstore.inbox import Inbox, Pulled
from localstore.peek import Peek
from localstore.records import DocKind
from localstore.schema import prepare
from localstore.store import Store

CAMPAIGN = DocKind.CAMPAIGN


class Calendar(ManualClock):
    """A clock that can be set to any day."""

    day = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.day


@pytest.fixture
def clock() -> Calendar:
    return Calendar()


@pytest.fixture
async def store(tmp_path: Path, clock: Calendar):
    path = tmp_path / "drafts.db"
    prepare(path)
    store = Store(path, clock)
    yield store
    await store.close()


@pytest.fixture
def peek(store: Store):
    peek = Peek(store.path)
    yield peek
    peek.close()


async def replace(store: Store, n: int) -> None:
    """The server's text number n takes the place of the one before."""
    await Inbox(store).pulled([Pulled(CAMPAIGN, "a", {"name": f"text {n}"}, f"r{n}")], f"{n}.x")


class TestKept:
    async def test_every_text_that_a_pull_replaced(self, store, peek):
        for n in range(4):
            await replace(store, n)
        assert [kept.content["name"] for kept in peek.kept(CAMPAIGN, "a")] == ["text 2", "text 1", "text 0"]
        assert {kept.why for kept in peek.kept()} == {"replaced by the server"}

    async def test_thirty_days_of_use(self, store, peek, clock):
        for n in range(40):
            clock.day += timedelta(days=1)
            await replace(store, n)
        names = [kept.content["name"] for kept in peek.kept()]
        assert names[0] == "text 38"
        assert "text 9" in names
        assert "text 5" not in names

    async def test_a_clock_that_jumps_by_ten_years_forgets_nothing(self, store, peek, clock):
        await replace(store, 0)
        for n in range(1, 9):
            clock.day += timedelta(days=3650) * (-1 if n % 2 else 1)
            await replace(store, n)
        assert len(peek.kept()) == 8


class TestBringingBack:
    async def test_an_older_text_takes_the_place_of_the_present_one_which_is_kept(self, store, peek):
        await replace(store, 0)
        await replace(store, 1)
        oldest = peek.kept()[-1]
        assert await Decisions(store).bring_back(oldest.n, "unused") == (CAMPAIGN, "a")
        assert peek.get(CAMPAIGN, "a").content == {"name": "text 0"}
        assert peek.get(CAMPAIGN, "a").state.dirty
        assert peek.kept()[0].content == {"name": "text 1"}

    async def test_of_a_document_that_is_gone_it_becomes_a_new_one(self, store, peek):
        await replace(store, 0)
        await Inbox(store).pulled([Pulled(CAMPAIGN, "a", None)], "9.x")
        assert await Decisions(store).bring_back(peek.kept()[0].n, "b") == (CAMPAIGN, "b")
        assert peek.get(CAMPAIGN, "b").content == {"name": "text 0"}


class TestOrder:
    async def test_the_newest_change_comes_first_whatever_the_clock_says(self, store, peek, clock):
        await store.create(CAMPAIGN, "old", {"name": "old"})
        clock.day -= timedelta(days=3650)
        await store.create(CAMPAIGN, "new", {"name": "new"})
        assert [doc.id for doc in peek.documents(CAMPAIGN)] == ["new", "old"]
        await store.save(CAMPAIGN, "old", {"name": "old"}, 1)
        assert [doc.id for doc in peek.documents(CAMPAIGN)] == ["old", "new"]


class TestTwoWindows:
    async def test_the_log_goes_into_the_file_only_when_asked(self, store):
        def log_size() -> int:
            return os.stat(f"{store.path}-wal").st_size  # noqa: PTH116

        await store.create(CAMPAIGN, "a", {"name": "x"})
        for n in range(1, 60):
            await store.save(CAMPAIGN, "a", {"name": "x" * (90_000 + 97 * n)}, n)
        assert log_size() > 4_000_000
        await store.checkpoint()
        assert log_size() == 0
        assert (await store.row(CAMPAIGN, "a")).mine_seq == 60
