"""The power goes off: only what was synced is on the disk, and of the rest any part.

With the pragmas of the store nothing acknowledged is lost; with `synchronous = NORMAL` the same cuts lose it,
which shows that they would.
"""

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from localstore.engine import WRITER_PRAGMAS
from localstore.schema import STEPS
from tests.cut_disk import Disk

CUTS = 5 * int(os.environ.get("HANDBILL_SEEDS", "8"))


@pytest.fixture
def disk() -> Iterator[Disk]:
    disk = Disk("recorded")
    yield disk
    disk.unregister()


def cut_once(disk: Disk, folder: Path, dice: random.Random, pragmas: tuple[str, ...]) -> tuple[int, int, str]:
    """(saves acknowledged, saves there after the cut, what an integrity check says)."""
    disk.files.clear()
    path = folder / "drafts.db"
    connection = apsw.Connection(str(path), vfs="recorded")
    connection.pragma("locking_mode", "exclusive")
    connection.pragma("journal_mode", "wal")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    for step in STEPS:
        connection.execute(step)
    connection.execute("INSERT INTO doc (kind, id, mine_json, mine_seq) VALUES ('campaign', 'a', '{}', 0)")
    connection.pragma("wal_checkpoint", "truncate")
    for recorded in disk.files.values():
        recorded.sync()
    acknowledged = dice.randrange(1, 40)
    for seq in range(1, acknowledged + 1):
        connection.execute("BEGIN IMMEDIATE")
        words = "z" * dice.randrange(100, 20_000)
        connection.execute("UPDATE doc SET mine_json = ?, mine_seq = ?", (words, seq))
        connection.execute("COMMIT")
        if dice.random() < 0.05:
            connection.pragma("wal_checkpoint", "truncate")
    disk.after_cut(folder / "after", dice)
    connection.close()
    for leftover in folder.glob("drafts.db*"):
        leftover.unlink()
    return acknowledged, *_found(folder / "after")


def _found(folder: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(folder / "drafts.db")) as connection:
        try:
            health = connection.execute("PRAGMA integrity_check").fetchone()[0]
            return connection.execute("SELECT mine_seq FROM doc").fetchone()[0], health
        except sqlite3.DatabaseError as error:
            return -1, str(error)


def cut(disk: Disk, folder: Path, pragmas: tuple[str, ...]) -> tuple[int, int]:
    """(cuts that lost something, cuts that damaged the file)."""
    dice = random.Random(7)
    lost = damaged = 0
    for _ in range(CUTS):
        acknowledged, there, health = cut_once(disk, folder, dice, pragmas)
        damaged += health != "ok"
        lost += there < acknowledged
    return lost, damaged


def test_what_was_acknowledged_survives(disk: Disk, tmp_path: Path) -> None:
    assert cut(disk, tmp_path, WRITER_PRAGMAS) == (0, 0)


def test_the_same_cuts_lose_words_where_commits_are_not_synced(disk: Disk, tmp_path: Path) -> None:
    """If this fails, the test above proves nothing."""
    weaker = tuple(pragma.replace("FULL", "NORMAL") for pragma in WRITER_PRAGMAS)
    assert weaker != WRITER_PRAGMAS
    lost, damaged = cut(disk, tmp_path, weaker)
    assert lost > CUTS // 10
    assert damaged == 0
