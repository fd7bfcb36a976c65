"""What the doctor finds, and that looking changes nothing."""

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cli.doctor import State, _sqlite
from tests import forked
from tests.backend.processes import run as run_backend


def looked(tmp_path: Path, *words: str, code: int = 0, **environ: str) -> dict[str, Any]:
    done = forked.run(
        [forked.HANDBILL, "--data-dir", str(tmp_path / "d"), "doctor", "--json", *words],
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), **environ},
    )
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


@pytest.fixture
def office(tmp_path: Path) -> Path:
    words = ("org-create", "Acme", "--owner-email", "o@a.example", "--password-stdin")
    made = run_backend(tmp_path, *words, "--data-dir", str(tmp_path / "d"), stdin="a long password\n")
    assert made.returncode == 0, made.stderr
    return tmp_path / "d"


def test_a_new_computer_is_fine_and_nothing_is_made(tmp_path: Path) -> None:
    found = looked(tmp_path)
    assert found["Python"]["state"] == "ok"
    assert found["Data folder"]["state"] == found["Database"]["state"] == "note"
    assert not (tmp_path / "d").exists()


def test_a_healthy_folder(office: Path, tmp_path: Path) -> None:
    found = looked(tmp_path)
    assert {found[name]["state"] for name in ("Data folder", "Private files", "Database")} == {"ok"}
    assert found["Backend"]["state"] == "note"


def test_what_others_can_read_is_named(office: Path, tmp_path: Path) -> None:
    (office / "handbill.db").chmod(0o644)
    found = looked(tmp_path, code=1)
    assert str(office / "handbill.db") in found["Private files"]["detail"]
    office.chmod(0o755)
    assert looked(tmp_path, code=1)["Data folder"]["state"] == "wrong"


def test_a_database_that_is_newer_or_none(office: Path, tmp_path: Path) -> None:
    with sqlite3.connect(office / "handbill.db") as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    assert "99" in looked(tmp_path, code=1)["Database"]["detail"]
    (office / "handbill.db").write_bytes(b"rubbish" * 1000)
    assert looked(tmp_path, code=1)["Database"]["state"] == "wrong"


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    found = looked(tmp_path, "--server", "http://127.0.0.1:9", code=1)
    assert found["Backend"]["state"] == "wrong"
    assert "Database" not in found


def test_old_versions_of_sqlite_are_noted() -> None:
    (old,) = _sqlite((3, 51, 2))
    (new,) = _sqlite((3, 51, 3))
    assert (old.state, new.state) == (State.NOTE, State.OK)
