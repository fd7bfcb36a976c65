"""Locks between windows on one computer, released by the kernel when a process dies, however it dies."""

from pathlib import Path

from filelock import FileLock, Timeout


class ProcessLock:
    """A lock file that at most one process holds."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = FileLock(path, blocking=False, mode=0o600)

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return bool(self._lock.is_locked)

    def try_acquire(self) -> bool:
        """Take it if it is free; never waits."""
        if self._lock.is_locked:
            return True
        try:
            self._lock.acquire()
        except Timeout:
            return False
        return True

    def release(self) -> None:
        """Give it back; harmless if it is not held."""
        self._lock.release()


def sync_lock(store: Path) -> ProcessLock:
    """Whoever holds it pushes and pulls for this account."""
    return ProcessLock(store.with_suffix(".sync.lock"))


def draft_lock(store: Path, kind: str, id: str) -> ProcessLock:
    """Whoever holds it edits this draft; other windows read."""
    return ProcessLock(store.parent / "locks" / f"{store.stem}.{kind}.{id}.lock")
