"""Files of earlier versions: whatever waits in them survives the upgrade and reaches the server."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from localstore.decisions import Decisions
from localstore.peek import Peek
from localstore.records import Hold
from localstore.schema import VERSION, prepare
from tests.sync.conftest import CAMPAIGN, World, world

__all__ = ["world"]
RELEASED = Path(__file__).with_name("released")
VERSIONS = sorted(RELEASED.glob("version_*.sql"))


def doc(number: int) -> str:
    return f"018f0000-0000-7000-8000-00000000000{number}"


CLEAN, NEW, FLYING, CONFLICT, REFUSED, DELETED = map(doc, range(1, 7))


@pytest.fixture(params=VERSIONS, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "drafts.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(request.param.read_text())
    return path


def text(content: dict) -> str:
    return content["contentJson"]["blocks"][0]["text"]


def test_every_state_is_still_there_and_a_copy_lies_beside_it(old):
    before = old.read_bytes()
    prepare(old)
    with closing(Peek(old)) as peek:
        found = {
            doc.id: (doc.state.hold, doc.state.dirty, doc.state.in_flight) for doc in peek.documents(CAMPAIGN)
        }
        assert found == {
            CLEAN: (None, False, False),
            NEW: (None, True, False),
            FLYING: (None, True, True),
            CONFLICT: (Hold.CONFLICT, True, False),
            REFUSED: (Hold.REJECTED, True, False),
        }
        assert [doc.id for doc in peek.documents(CAMPAIGN)] == [NEW, FLYING, CLEAN, REFUSED, CONFLICT]
        dispute = peek.dispute(CAMPAIGN, CONFLICT)
        assert [text(side) for side in (dispute.base, dispute.mine, dispute.theirs)] == [
            "base", "mine", "theirs",
        ]  # fmt: skip
        assert [text(kept.content) for kept in peek.kept()] == ["deleted here"]
    (copy,) = old.parent.glob("drafts.bak-v*.db")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM doc").fetchone() == (6,)
        assert connection.execute("PRAGMA user_version").fetchone()[0] < VERSION
    assert before  # the copy is of the old format, the file itself is not
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


async def test_what_waited_reaches_the_server(old, world: World):
    desk = await world.desk(file=old)
    await desk.store.set_meta(cursor="", witness="")
    await desk.push_all()
    for id, words in ((NEW, "never pushed"), (FLYING, "typed on")):
        assert text(await world.on_server(desk, id)) == words
    await Decisions(desk.store).settle(CAMPAIGN, REFUSED, "mine", doc(7))
    await desk.push_all()
    assert text(await world.on_server(desk, REFUSED)) == "refused"
    assert await desk.store.row(CAMPAIGN, DELETED) is None
    await Decisions(desk.store).bring_back(desk.peek.kept()[-1].n, doc(8))
    assert desk.texts(doc(8)) == ["deleted here"]


def test_an_upgrade_that_fails_changes_nothing(old, monkeypatch):
    import localstore.schema

    monkeypatch.setattr(
        localstore.schema, "STEPS", (*localstore.schema.STEPS[:-1], "CREATE TABLE x (y); NONSENSE;")
    )
    with pytest.raises(sqlite3.OperationalError):
        prepare(old)
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] < VERSION
        assert connection.execute("SELECT count(*) FROM doc").fetchone() == (6,)
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'x'").fetchone() is None
