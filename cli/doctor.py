"""`handbill doctor`: what this computer has, lacks or should mend. It looks and changes nothing."""

import argparse
import asyncio
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from localstore.folders import FolderError, data_folder
from sync.embedded import Embedded, demo_backend

MIN_PYTHON = (3, 11)
SQLITE_WITHOUT_WAL_RESET_BUG = (3, 51, 3)
MIN_COLUMNS, MIN_LINES = 80, 24
SECRET_FILES = ("handbill.db", "secret-key", "bootstrap-token", "session.json", "backend.log")


class State(StrEnum):
    """How a check ended; only `wrong` makes the command fail."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: State
    detail: str


def _python() -> Iterator[Check]:
    found = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info >= MIN_PYTHON
    yield Check("Python", State.OK if fits else State.WRONG, found if fits else f"{found}; 3.11 is needed")


def _sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Iterator[Check]:
    found = ".".join(map(str, version))
    if version >= SQLITE_WITHOUT_WAL_RESET_BUG:
        yield Check("SQLite", State.OK, found)
        return
    words = (
        f"{found}; before 3.51.3 a rare bug can damage a database that several programs write to at the "
        "same moment: keep backups, or use a newer Python"
    )
    yield Check("SQLite", State.NOTE, words)


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _folders(data: Path) -> Iterator[Check]:
    if not data.exists():
        yield Check("Data folder", State.NOTE, f"{data} is not there yet; the first start makes it")
        return
    if not data.is_dir() or not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield Check("Data folder", State.WRONG, f"{data} cannot be read and written")
        return
    if _open_to_others(data):
        yield Check("Data folder", State.WRONG, f"others can enter {data}: chmod 700 {data}")
    else:
        yield Check("Data folder", State.OK, str(data))
    files = [data / name for name in SECRET_FILES] + sorted((data / "accounts").glob("*.db"))
    exposed = [str(path) for path in files if path.is_file() and _open_to_others(path)]
    if exposed:
        yield Check("Private files", State.WRONG, f"others can read: chmod 600 {' '.join(exposed)}")
    else:
        yield Check("Private files", State.OK, "only you can read them")


def _keyring(data: Path) -> Iterator[Check]:
    from sync.secrets import usable_secrets

    _, warning = usable_secrets(data / "session.json")
    yield Check("Keyring", State.NOTE if warning else State.OK, warning or "it keeps sign-ins")


async def _ready(server: str) -> bool:
    import httpx

    from sync.api import transport_for

    transport, base = transport_for(server)
    async with httpx.AsyncClient(transport=transport, base_url=base, timeout=5) as client:
        try:
            return (await client.get("/health/ready")).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


def _backend(server: str | None, embedded: Embedded) -> Iterator[Check]:
    try:
        if server is None and not (embedded.data.is_dir() and embedded.answers()):
            yield Check("Backend", State.NOTE, "the embedded one is not running; the client starts it")
            return
        address = server or embedded.server
        fine = asyncio.run(_ready(address))
    except FolderError as error:
        yield Check("Backend", State.WRONG, str(error))
        return
    words = f"{address} is ready" if fine else f"{address} does not answer, or its database does not"
    yield Check("Backend", State.OK if fine else State.WRONG, words)


def _database(embedded: Embedded) -> Iterator[Check]:
    """The backend itself is asked, in a process of its own: the client knows nothing of its schema."""
    if not (embedded.data / "handbill.db").exists() and "HANDBILL_DATABASE_URL" not in os.environ:
        yield Check("Database", State.NOTE, "there is none yet")
        return
    asked = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", "backend", "db-status", "--json", "--data-dir", str(embedded.data)],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode != 0:
        words = asked.stderr.strip().removeprefix("handbill: ") or "its version cannot be read"
        yield Check("Database", State.WRONG, words)
        return
    status = json.loads(asked.stdout)
    words = f"schema version {status['version']} of {status['expected']}"
    newer = status["version"] > status["expected"]
    yield Check("Database", State.WRONG if newer else State.OK, words)


def _terminal() -> Iterator[Check]:
    if not sys.stdout.isatty():
        yield Check("Terminal", State.NOTE, "this is not one; the client needs one")
        return
    size = shutil.get_terminal_size()
    fits = size.columns >= MIN_COLUMNS and size.lines >= MIN_LINES
    words = f"{size.columns}x{size.lines}" + ("" if fits else f"; {MIN_COLUMNS}x{MIN_LINES} is comfortable")
    yield Check("Terminal", State.OK if fits else State.NOTE, words)
    if os.environ.get("NO_COLOR"):
        yield Check("Colours", State.NOTE, "NO_COLOR is set")
    elif os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        yield Check("Colours", State.OK, "16 million")
    else:
        yield Check("Colours", State.NOTE, "COLORTERM does not say truecolor; colours may look coarse")


def _checks(server: str | None, data: Path, embedded: Embedded) -> list[Check]:
    parts: list[Callable[[], Iterator[Check]]] = [
        _python,
        _sqlite,
        lambda: _folders(data),
        lambda: _keyring(data),
        lambda: _backend(server, embedded),
        _terminal,
    ]
    if server is None:
        parts.insert(-1, lambda: _database(embedded))
    return [check for part in parts for check in part()]


def doctor(options: argparse.Namespace) -> int:
    """1 if something is wrong."""
    data = data_folder(options.data_dir)
    embedded = demo_backend(data) if options.demo else Embedded(data)
    checks = _checks(options.server, data, embedded)
    if options.json:
        print(json.dumps({"checks": [asdict(check) for check in checks]}, ensure_ascii=False))
    else:
        for check in checks:
            print(f"{check.state:<6}{check.name:<15}{check.detail}")
    return int(any(check.state is State.WRONG for check in checks))
