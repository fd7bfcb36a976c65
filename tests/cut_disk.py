"""A disk under SQLite whose power can be cut: only what was synced is on it, and of the rest any part.

A file system for SQLite records each write and which of them a sync made durable. After a cut, what was not
durable survives wholly, in part, or not at all (docs/decisions/0006).
"""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

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
    """Passes everything on, and remembers it. A file that is there already counts as durable."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files: dict[str, Recorded] = {}
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "DiskFile":  # noqa: N802
        return DiskFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        self.files.pop(filename, None)
        super().xDelete(filename, syncdir)

    def after_cut(self, folder: Path, dice: random.Random) -> None:
        """Write what is on the disk when the power comes back into a folder, and nothing else."""
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for path, recorded in self.files.items():
            (folder / Path(path).name).write_bytes(recorded.after_cut(dice))


class DiskFile(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        before = Path(path).read_bytes() if Path(path).exists() else b""
        super().__init__("", name, flags)
        self._record = disk.files.setdefault(path, Recorded(bytearray(before)))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._record.pending.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        super().xTruncate(size)
        self._record.pending.append((size, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._record.sync()
