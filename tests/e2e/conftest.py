"""Real processes in real pseudo-terminals, each test in a workspace of its own that is ended afterwards."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.terminal import Terminal
from sync.embedded import Embedded

HANDBILL = str(Path(sys.executable).with_name("handbill"))


class Workspace:
    """A demo workspace and the windows that were opened on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.run.mkdir(mode=0o700)
        (folder / "home").mkdir()
        self.env = {"HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(self.run)}
        self.data = folder / "data"
        self.windows: list[Terminal] = []
        os.environ["XDG_RUNTIME_DIR"] = str(self.run)

    @property
    def embedded(self) -> Embedded:
        return Embedded(self.data / "demo", demo=True)

    @property
    def mail_folder(self) -> Path:
        return self.embedded.mail_folder

    def open(self, *words: str, size: tuple[int, int] = (120, 40)) -> Terminal:
        """A new window; without words the demo."""
        command = [HANDBILL, "--data-dir", str(self.data), *(words or ("demo",))]
        window = Terminal(command, env=self.env, cwd=self.folder, size=size)
        self.windows.append(window)
        return window

    def kill_backend(self) -> None:
        """kill -9 of the backend process, and wait until it is gone."""
        pid = self.embedded.pid()
        assert pid is not None, "the backend is not running"
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not self.embedded.answers())

    def close(self) -> None:
        for window in self.windows:
            window.close()
        for embedded in (self.embedded, Embedded(self.data)):
            pid = embedded.pid()
            embedded.stop(10)
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def wait_until(condition: object) -> None:
    """Poll what another process does. A minute is patience with a busy machine, not a promise."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    workspace = Workspace(tmp_path)
    yield workspace
    workspace.close()
    reports = [report.read_text() for report in workspace.data.rglob("crash-*.log")]
    assert not reports, "\n".join(reports)
