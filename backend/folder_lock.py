"""One backend per data folder: two would each believe the other's sending had died."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderInUseError(OSError):
    """Another backend works in this folder."""


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Hold the folder; the system lets go when the process ends, however it ends."""
    descriptor = os.open(folder / "backend.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUseError(f"another backend already works in {folder}") from error
        yield
    finally:
        os.close(descriptor)
