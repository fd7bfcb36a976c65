"""What the log of a real process says while people use it: no body, cookie, token or address."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.backend.processes import Backend, environment, run

PASSWORD = "the-owners-password"
SECRETS = {
    "body": "marker-in-a-body",
    "cookie": "marker-in-a-cookie",
    "query": "marker-in-a-query",
    "header": "marker-in-a-header",
    "address": "marker@acme.example",
}


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    loud = environment(tmp_path) | {"HANDBILL_LOG_LEVEL": "debug"}
    monkeypatch.setattr("tests.backend.processes.environment", lambda _: loud)
    data = ("--data-dir", str(tmp_path / "d"))
    stdin = f"{PASSWORD}\n"
    words = ("org-create", "Acme", "--owner-email", "o@a.example", "--password-stdin")
    made = run(tmp_path, *words, *data, stdin=stdin)
    assert made.returncode == 0, made.stderr
    backend = Backend(tmp_path, *data, "--port", "0")
    yield backend
    backend.end()


def test_a_failure_is_logged_by_type_and_place_alone(backend: Backend, tmp_path: Path) -> None:
    with httpx.Client(base_url=backend.address, cookies={"session": SECRETS["cookie"]}) as client:
        login = {"email": "o@a.example", "password": PASSWORD}
        session = client.post("/api/auth/login", json=login).json()
        headers = {"Authorization": f"Bearer {session['accessToken']}", "X-Other": SECRETS["header"]}
        body = {"email": SECRETS["address"], "name": SECRETS["body"]}
        assert client.post("/api/contacts", json=body, headers=headers).status_code == 200
        client.post("/api/auth/login", json=login | {"password": SECRETS["body"]})
        client.post("/api/auth/refresh", json={"refreshToken": session["refreshToken"]})
        client.post("/api/contacts", content=b'{"email": "' + SECRETS["body"].encode(), headers=headers)
        with sqlite3.connect(tmp_path / "d" / "handbill.db") as connection:
            connection.execute("ALTER TABLE contact RENAME TO elsewhere")
        connection.close()
        failed = client.post("/api/contacts", json=body, headers=headers)
        searched = client.get("/api/contacts", params={"q": SECRETS["query"]}, headers=headers)
    assert (failed.status_code, searched.status_code) == (500, 500)
    _, log = backend.end()
    assert "request failed" in log
    assert "OperationalError" in log
    tokens = (session["accessToken"], session["refreshToken"], PASSWORD)
    for secret in (*SECRETS.values(), *tokens):
        assert secret not in log
        assert json.dumps(secret)[1:-1] not in log
