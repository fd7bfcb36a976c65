"""The backend as a process: it says when it is ready, refuses in one sentence, and ends when asked."""

import json
import socket
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.backend.processes import Backend, refused, run

pytestmark = pytest.mark.usefixtures("fresh_starts")


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
