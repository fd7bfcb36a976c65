"""Where things lie on this computer. Files with drafts or secrets are 0600 in 0700 folders.

platformdirs is imported only when no folder was given: the first paint does not wait for it.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


class FolderError(Exception):
    """A folder cannot be used; the text is a sentence that names it."""


def private_folder(path: Path) -> Path:
    """Make a folder 0700 if it is missing, and make sure it can be written to. Raises `FolderError`."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {path} cannot be made: {error.strerror}."
        raise FolderError(message) from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        message = f"The folder {path} cannot be read or written; check its permissions."
        raise FolderError(message)
    return path


def data_folder(given: str | None = None) -> Path:
    """The data folder: as given, else from HANDBILL_DATA_DIR, else the platform's."""
    chosen = given or os.environ.get("HANDBILL_DATA_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("handbill", appauthor=False)


LONGEST_SOCKET = 100
"""Bytes of a Unix socket's address that work everywhere; the kernel's own limit is 104 to 108."""


def _runtime_roots() -> list[Path]:
    own = Path(f"/tmp/handbill-{os.getuid()}")  # noqa: S108 - made 0700 and checked by its user
    given = os.environ.get("XDG_RUNTIME_DIR")
    return [Path(given), own] if given else [own]


def runtime_folder(data: Path) -> Path:
    """A short 0700 folder for sockets: long paths do not fit into a Unix socket's address.

    Its name is hashed from the data folder, so that each workspace has its own backend.
    """
    name = f"hb-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    folders = [root / name for root in _runtime_roots()]
    folder = next((f for f in folders if len(os.fsencode(f / "api.sock")) <= LONGEST_SOCKET), folders[-1])
    private_folder(folder.parent)
    private_folder(folder)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        message = f"The folder {folder} is not private to you; remove it and start again."
        raise FolderError(message)
    return folder


@dataclass(frozen=True, slots=True)
class Account:
    """One person in one organisation on one server: drafts never cross from one to another."""

    server: str
    user_id: str
    org_id: str

    def file_in(self, data: Path) -> Path:
        """The local store of this account."""
        name = hashlib.sha256(f"{self.server}\x00{self.user_id}\x00{self.org_id}".encode()).hexdigest()[:32]
        return data / "accounts" / f"{name}.db"


def remove_store(path: Path) -> None:
    """Remove an account's file and everything beside it: copies, damaged ones, locks."""
    for beside in (*path.parent.glob(f"{path.stem}.*"), *path.parent.glob(f"locks/{path.stem}.*")):
        beside.unlink(missing_ok=True)
