"""Ending on a signal: what was begun is finished, what was not is left for the next start."""

import signal
import socket
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from backend.serve import DRAIN_SECONDS
from tests.backend.conftest import document
from tests.backend.processes import Backend, run

PASSWORD = "a long password"
PEOPLE = 2000


class Office:
    """A backend with its worker and mail catcher, and a signed-in client."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "d"
        self.mail = tmp_path / "mail"
        data = ("--data-dir", str(self.folder))
        words = ("org-create", "Acme", "--owner-email", "o@a.example", "--password-stdin")
        made = run(tmp_path, *words, *data, stdin=f"{PASSWORD}\n")
        assert made.returncode == 0, made.stderr
        self.backend = Backend(tmp_path, *data, "--port", "0", "--mailcatcher", str(self.mail))
        base = f"{self.backend.address}/api"
        session = httpx.post(f"{base}/auth/login", json={"email": "o@a.example", "password": PASSWORD}).json()
        self.token: str = session["accessToken"]
        self.client = httpx.Client(
            base_url=base, headers={"Authorization": f"Bearer {self.token}"}, timeout=60
        )

    def ended(self) -> tuple[int, str]:
        self.client.close()
        return self.backend.end()

    def states(self) -> Counter[str]:
        with closing(sqlite3.connect(self.folder / "handbill.db")) as connection:
            return Counter(dict(connection.execute("SELECT state, count(*) FROM delivery GROUP BY state")))

    def caught(self) -> int:
        return sum(1 for _ in self.mail.glob("**/new/*"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_request_that_was_begun_is_finished(office: Office) -> None:
    body = b"email\nann@x.example\n"
    head = (
        f"POST /api/contacts/import HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {office.token}\r\n"
        f"Content-Type: text/csv\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    where = urlsplit(office.backend.address)
    with socket.create_connection((where.hostname, where.port), timeout=60) as wire:
        wire.sendall(head.encode() + body[:8])
        assert office.client.get("/me").status_code == 200, "by now the other request has begun"
        office.backend.process.send_signal(signal.SIGTERM)
        _until(lambda: _refuses(where.hostname, where.port))
        wire.sendall(body[8:])
        answer = wire.recv(65536)
    assert answer.startswith(b"HTTP/1.1 200")
    assert office.ended() == (0, "")
    with closing(sqlite3.connect(office.folder / "handbill.db")) as connection:
        assert connection.execute("SELECT email FROM contact").fetchall() == [("ann@x.example",)]


def test_an_open_event_stream_does_not_hold_the_process(office: Office) -> None:
    with office.client.stream("GET", "/events") as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("data: ")
        began = time.monotonic()
        office.backend.process.send_signal(signal.SIGTERM)
        assert [line for line in lines if line] == []
    assert office.ended() == (0, "")
    assert time.monotonic() - began < DRAIN_SECONDS


def test_the_pump_drains_and_the_next_start_sends_the_rest(office: Office, tmp_path: Path) -> None:
    file = "email\n" + "".join(f"p{number}@x.example\n" for number in range(PEOPLE))
    assert office.client.post("/contacts/import", content=file).json()["added"] == PEOPLE
    segment = office.client.post("/segments", json={"name": "All", "dslJson": {"all": []}}).json()["segment"]
    body = {"name": "News", "contentJson": document(), "segmentId": segment["id"]}
    campaign = office.client.post("/campaigns", json=body).json()["campaign"]
    assert office.client.post(f"/campaigns/{campaign['id']}/send", json={}).status_code == 200
    _until(lambda: office.caught() > 50)
    _in_peace(office.ended())
    states = office.states()
    assert set(states) == {"accepted", "pending"}, "nothing hangs between, nothing is unknown"
    assert states["accepted"] == office.caught() < PEOPLE
    words = ("--data-dir", str(office.folder), "--port", "0", "--mailcatcher", str(office.mail))
    again = Backend(tmp_path, *words)
    _until(lambda: office.states() == {"accepted": PEOPLE})
    _in_peace(again.end())
    assert office.caught() == PEOPLE


def _in_peace(ended: tuple[int, str]) -> None:
    code, log = ended
    assert code == 0
    assert {line.split()[1] for line in log.splitlines()} <= {"level=info"}, log


def _refuses(host: str | None, port: int | None) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return False
    except OSError:
        return True


def _until(condition: object) -> None:
    """Another process is about to make it true."""
    assert callable(condition)
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)
