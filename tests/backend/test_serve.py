"""The backend as a process: it says when it is ready, refuses in one sentence, and ends when asked."""

import json
import os
import select
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]


def command(*words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "backend", *words]


def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDBILL_")}
    return {**kept, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}


def run(tmp_path: Path, *words: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env=environment(tmp_path) | environ,
        check=False,
    )


class Backend:
    """A process that was seen to be ready."""

    def __init__(self, tmp_path: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            command("serve", *words),
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


@pytest.fixture
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose path leaves room for a socket's name."""
    return tmp_path_factory.mktemp("s")


@pytest.fixture
def embedded(tmp_path: Path, short: Path) -> Iterator[Backend]:
    backend = Backend(tmp_path, "--data-dir", str(tmp_path / "d"), "--uds", str(short / "r" / "api.sock"))
    yield backend
    assert backend.end() == (0, "")


def test_a_person_alone_is_signed_in_by_the_launchers_token(embedded: Backend, tmp_path: Path) -> None:
    path = Path(embedded.address.removeprefix("unix:"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    token = tmp_path / "d" / "bootstrap-token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://handbill") as client:
        assert client.get("/health/ready").json() == {"status": "ok"}
        session = client.post("/api/auth/bootstrap", json={"token": token.read_text()}).json()
        assert session["role"] == "OWNER"
        listed = client.get("/api/campaigns", headers={"Authorization": f"Bearer {session['accessToken']}"})
        assert listed.json() == {"campaigns": [], "nextCursor": None}
    again = run(tmp_path, "serve", "--data-dir", str(tmp_path / "d"), "--uds", str(path))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.count("\n") == 1
    assert "already works" in again.stderr


def test_a_socket_left_by_a_killed_backend_is_no_obstacle(tmp_path: Path, short: Path) -> None:
    words = ("--data-dir", str(tmp_path / "d"), "--uds", str(short / "api.sock"))
    killed = Backend(tmp_path, *words)
    killed.process.kill()
    killed.process.communicate()
    assert (short / "api.sock").exists()
    assert Backend(tmp_path, *words).end() == (0, "")
    assert not (short / "api.sock").exists()


def test_it_ends_when_nobody_needs_it(tmp_path: Path, short: Path) -> None:
    words = ("--data-dir", str(tmp_path / "d"), "--uds", str(short / "api.sock"), "--idle-exit", "0.2")
    backend = Backend(tmp_path, *words)
    _, errors = backend.process.communicate(timeout=60)
    assert (backend.process.returncode, errors) == (0, "")


def test_organisations_and_users_beside_a_running_backend(tmp_path: Path) -> None:
    backend = Backend(tmp_path, "--data-dir", str(tmp_path / "d"), "--port", "0")
    data = ("--password-stdin", "--json", "--data-dir", str(tmp_path / "d"))
    made = run(
        tmp_path, "org-create", "Acme", "--owner-email", "o@a.example", *data, stdin="a long password\n"
    )
    org: dict[str, Any] = json.loads(made.stdout)
    words = ("user-add", "--org", org["orgId"], "--email", "m@a.example", *data)
    assert json.loads(run(tmp_path, *words, stdin="another password\n").stdout)["orgId"] == org["orgId"]
    twice = run(tmp_path, *words, stdin="another password\n")
    assert (twice.returncode, twice.stderr) == (1, "handbill: this user is a member already.\n")
    short_password = run(tmp_path, *words, stdin="short\n")
    assert (short_password.returncode, "at least 10" in short_password.stderr) == (2, True)
    login = {"email": "m@a.example", "password": "another password"}
    session = httpx.post(f"{backend.address}/api/auth/login", json=login).json()
    assert (session["role"], session["org"]) == ("MEMBER", {"id": org["orgId"], "name": "Acme"})
    lost = ("user-password", "--email", "m@a.example", *data)
    found = json.loads(run(tmp_path, *lost, stdin="a found password\n").stdout)
    assert found == {"userId": session["user"]["id"]}
    assert httpx.post(f"{backend.address}/api/auth/login", json=login).status_code == 401
    nobody = run(tmp_path, "user-password", "--email", "x@a.example", *data, stdin="a found password\n")
    assert (nobody.returncode, nobody.stderr) == (1, "handbill: nobody signs in as x@a.example.\n")
    assert backend.end() == (0, "")


def refused(result: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    assert (result.returncode, result.stdout) == (code, ""), result
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


class TestRefusals:
    def test_a_port_in_use(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            refused(run(tmp_path, "serve", "--data-dir", str(tmp_path / "d"), "--port", port), 1, "in use")

    def test_a_newer_database(self, tmp_path: Path) -> None:
        (tmp_path / "d").mkdir()
        with sqlite3.connect(tmp_path / "d" / "handbill.db") as connection:
            connection.execute("PRAGMA user_version=99")
        connection.close()
        refused(run(tmp_path, "serve", "--data-dir", str(tmp_path / "d"), "--port", "0"), 1, "version 99")

    def test_a_folder_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "f").write_text("")
        refused(
            run(tmp_path, "serve", "--data-dir", str(tmp_path / "f"), "--port", "0"), 1, str(tmp_path / "f")
        )

    def test_a_wrong_setting(self, tmp_path: Path) -> None:
        words = ("serve", "--data-dir", str(tmp_path / "d"))
        refused(run(tmp_path, *words, HANDBILL_LOG_LEVEL="loud"), 2, "HANDBILL_LOG_LEVEL")

    def test_a_socket_path_that_is_too_long(self, tmp_path: Path) -> None:
        path = tmp_path / ("x" * 100) / "api.sock"
        refused(run(tmp_path, "serve", "--data-dir", str(tmp_path / "d"), "--uds", str(path)), 1, "too long")
