"""What is forked cannot be told from what was started, by anything that a test looks at."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests import forked
from tests.forked import BACKEND, HANDBILL, Forked, run

COMMANDS = {
    "done": [HANDBILL, "--version"],
    "refused": [HANDBILL, "whoami"],
    "misspelled": [HANDBILL, "contcats"],
    "replaced": [HANDBILL, "serve", "--uds", "x" * 200],
    "done in its folder": [*BACKEND, "db-status", "--json", "--data-dir", "here"],
    "refused behind": [*BACKEND, "worker"],
    "a password typed": [*BACKEND, "org-create", "Acme", "--owner-email", "o", "--password-stdin"],
}


def environment(folder: Path) -> dict[str, str]:
    own = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HANDBILL_DATA_DIR": str(folder / "d")}
    return os.environ | own


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_it_says_and_ends_as_a_fresh_process_does(
    command: list[str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seen = []
    for home in ("forked", "fresh"):
        folder = tmp_path / home
        folder.mkdir()
        if home == "fresh":
            request.getfixturevalue("fresh_starts")
        done = run(command, input="a long password\n", cwd=folder, env=environment(folder))
        words = [text.replace(home, "HOME") for text in (done.stdout, done.stderr)]
        made = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        seen.append((done.returncode, words, made))
    assert seen[0] == seen[1]


def serving(folder: Path) -> Forked:
    words = [*BACKEND, "serve", "--port", "0"]
    pipe = subprocess.PIPE
    return Forked(words, stdout=pipe, stderr=pipe, text=True, cwd=folder, env=environment(folder))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0), (signal.SIGINT, 0)])
def test_a_signal_reaches_it_alone(tmp_path: Path, number: int, code: int) -> None:
    (tmp_path / "other").mkdir()
    with serving(tmp_path) as struck, serving(tmp_path / "other") as other:
        for process in (struck, other):
            assert process.stdout is not None
            assert process.stdout.readline().startswith("ready ")
        assert os.getpgid(struck.pid) == os.getpgid(0)
        struck.send_signal(number)
        assert struck.wait(60) == code
        assert other.poll() is None
        other.terminate()
        assert other.wait(60) == 0


def test_each_has_the_environment_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "_starters", {})
    monkeypatch.setenv("HANDBILL_LOG_LEVEL", "loud")
    with serving(tmp_path) as wrong:
        assert wrong.wait(60) == 2
        assert wrong.stderr is not None
        assert "HANDBILL_LOG_LEVEL" in wrong.stderr.read()
    monkeypatch.delenv("HANDBILL_LOG_LEVEL")
    with serving(tmp_path) as right:
        assert right.stdout is not None
        assert right.stdout.readline().startswith("ready ")
        right.terminate()
