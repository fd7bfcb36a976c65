"""The backend as a process, for tests that need one: started, seen to be ready, ended in peace."""

import os
import select
import signal
import subprocess
from pathlib import Path

from tests import forked

ROOT = Path(__file__).parents[2]


def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDBILL_")}
    return {**kept, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}


def run(tmp_path: Path, *words: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return forked.run(
        [*forked.BACKEND, *words], input=stdin, cwd=tmp_path, env=environment(tmp_path) | environ
    )


class Backend:
    """A process that was seen to be ready."""

    def __init__(self, tmp_path: Path, *words: str) -> None:
        self.process = forked.Forked(
            [*forked.BACKEND, "serve", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment(tmp_path),
        )
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], 60)
        line = self.process.stdout.readline() if readable else ""
        assert line.startswith("ready "), self.end()
        self.address = line.removeprefix("ready ").strip()

    def end(self) -> tuple[int, str]:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


def refused(result: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    assert (result.returncode, result.stdout) == (code, ""), result
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1
