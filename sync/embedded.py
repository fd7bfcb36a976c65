"""Starting, finding and stopping the backend that runs beside the client.

It is a process of its own, on a Unix socket that only this user can open, so that sending never slows a
key down and a crash of one never takes the other. Standard library only: it is started before anything
else is imported.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from localstore.folders import private_folder, runtime_folder

IDLE_EXIT_SECONDS = 60
_NICE = 10
_children: list["subprocess.Popen[bytes]"] = []
"""Backends this process started: a dead one is reaped when the next is started."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded backend of one data folder."""

    data: Path
    demo: bool = False

    @property
    def socket_path(self) -> Path:
        return runtime_folder(self.data) / "api.sock"

    @property
    def server(self) -> str:
        """Its address as `sync.api.transport_for` reads it."""
        return f"unix:{self.socket_path}"

    @property
    def token_path(self) -> Path:
        """Where it leaves the token with which its launcher signs in."""
        return self.data / "bootstrap-token"

    @property
    def pid_path(self) -> Path:
        return self.data / "backend.pid"

    @property
    def log_path(self) -> Path:
        return self.data / "backend.log"

    @property
    def mail_folder(self) -> Path:
        """The demo's mail catcher stores here."""
        return self.data / "mail"

    def answers(self) -> bool:
        """Whether something accepts connections on the socket."""
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.socket_path))
            except OSError:
                return False
        return True

    def command(self) -> list[str]:
        """How it is started: `-P`, so that a folder named backend in the current directory is not run."""
        demo = ["--demo", "--mailcatcher", str(self.mail_folder)] if self.demo else []
        serve = ["serve", "--data-dir", str(self.data), "--uds", str(self.socket_path)]
        return [
            sys.executable, "-P", "-m", "backend", *serve, "--idle-exit", str(IDLE_EXIT_SECONDS), *demo,
        ]  # fmt: skip

    def start(self) -> "subprocess.Popen[bytes] | None":
        """Start it unless it runs already; returns at once. None if it was there."""
        if self.answers():
            return None
        private_folder(self.data)
        _children[:] = [child for child in _children if child.poll() is None]
        descriptor = os.open(self.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=descriptor,
                start_new_session=True,
                cwd=self.data,
            )
        finally:
            os.close(descriptor)
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        _children.append(process)
        fresh = self.pid_path.with_suffix(".new")
        fresh.write_text(str(process.pid))
        fresh.replace(self.pid_path)
        return process

    def pid(self) -> int | None:
        """The running backend's process id, None if it is not running."""
        try:
            pid = int(self.pid_path.read_text())
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid if self.answers() else None

    def stop(self, seconds: float = 15.0) -> bool:
        """Ask it to end and wait for it; False if it was not running."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + seconds
        while self.answers() and time.monotonic() < end:
            time.sleep(0.05)
        return True

    def last_words(self) -> str:
        """The last line of its log: why it would not start."""
        try:
            lines = self.log_path.read_text(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1].removeprefix("handbill: ")[:300] if lines else ""


def demo_backend(data: Path) -> Embedded:
    """The demo workspace's own backend, with its mail catcher, in a folder of its own."""
    return Embedded(data / "demo", demo=True)
