"""The power goes off: only what was synced is on the disk, and of the rest any part.

A file system under SQLite records each write and which of them a sync made durable. After a cut, what was
not durable survives wholly, in part, or not at all. With the pragmas of the store nothing acknowledged is
lost; with `synchronous = NORMAL` the same cuts lose it, which shows that they would.
"""

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from localstore.engine import WRITER_PRAGMAS
from localstore.schema import STEPS

CUTS = 5 * int(os.environ.get("HANDBILL_SEEDS", "8"))
Write = tuple[int, bytes | None]
"""Place and bytes; None for a truncation to that length."""


@dataclass
class Recorded:
    """One file: what is durable, and what was written since the last sync."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write] = field(default_factory=list)

    def sync(self) -> None:
        _apply(self.durable, self.pending)
        self.pending.clear()

    def after_cut(self, dice: random.Random) -> bytes:
        survivors = {
            "none": [],
            "first": self.pending[: dice.randrange(len(self.pending) + 1)],
            "some": [write for write in self.pending if dice.random() < 0.5],
            "all": self.pending,
        }[dice.choice(["none", "first", "some", "all"])]
        image = bytearray(self.durable)
        _apply(image, survivors)
        return bytes(image)


def _apply(image: bytearray, writes: list[Write]) -> None:
    for place, data in writes:
        if data is None:
            del image[place:]
            continue
        image.extend(b"\0" * (place + len(data) - len(image)))
        image[place : place + len(data)] = data


class Disk(apsw.VFS):
    """Passes everything on, and remembers it."""

    def __init__(self, name: str) -> None:
        self.files: dict[str, Recorded] = {}
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "DiskFile":  # noqa: N802
        return DiskFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.files.pop(filename, None)
        super().xDelete(filename, syncdir)


class DiskFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._record = disk.files.setdefault(path, Recorded())

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._record.pending.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        super().xTruncate(size)
        self._record.pending.append((size, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._record.sync()


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
    images = {Path(name).name: recorded.after_cut(dice) for name, recorded in disk.files.items()}
    connection.close()
    for leftover in folder.glob("drafts.db*"):
        leftover.unlink()
    return acknowledged, *_found(images, folder / "after")


def _found(images: dict[str, bytes], folder: Path) -> tuple[int, str]:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, image in images.items():
        (folder / name).write_bytes(image)
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
