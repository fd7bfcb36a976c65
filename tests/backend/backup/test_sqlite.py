"""A backup beside a running backend, and the way back: real processes, files and refusals."""

import json
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.backend.conftest import document
from tests.backend.processes import Backend, refused, run

PASSWORD = "a long password"


class Office:
    """One data folder, with or without its backend."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.folder = tmp_path / "d"
        self.data = ("--data-dir", str(self.folder))
        self.backend: Backend | None = None

    @property
    def database(self) -> Path:
        return self.folder / "handbill.db"

    def run(self, *words: str, stdin: str = "") -> Any:
        return run(self.tmp_path, *words, *self.data, stdin=stdin)

    def ok(self, *words: str) -> dict[str, Any]:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def open(self) -> httpx.Client:
        """A signed-in client of a backend that runs, without a worker: nothing moves by itself."""
        self.backend = Backend(self.tmp_path, *self.data, "--port", "0", "--no-worker")
        base = f"{self.backend.address}/api"
        session = httpx.post(f"{base}/auth/login", json={"email": "o@a.example", "password": PASSWORD}).json()
        return httpx.Client(base_url=base, headers={"Authorization": f"Bearer {session['accessToken']}"})

    def close(self) -> None:
        if self.backend is not None:
            assert self.backend.end() == (0, "")
            self.backend = None


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an organisation that has done nothing yet."""
    office = Office(tmp_path_factory.mktemp("founded"))
    words = ("org-create", "Acme", "--owner-email", "o@a.example", "--password-stdin")
    made = office.run(*words, stdin=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    return office.folder


@pytest.fixture
def office(founded: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(founded, tmp_path / "d")
    office = Office(tmp_path)
    yield office
    office.close()


def add(client: httpx.Client, address: str) -> None:
    assert client.post("/contacts", json={"email": address}).status_code == 200


def addresses(client: httpx.Client) -> list[str]:
    return [row["email"] for row in client.get("/contacts").json()["contacts"]]


def test_there_and_back(office: Office, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with office.open() as client:
        add(client, "before@x.example")
        made = office.ok("backup", str(copy))
        assert (made["file"], made["bytes"]) == (str(copy), copy.stat().st_size)
        add(client, "after@x.example")
        assert addresses(client) == ["after@x.example", "before@x.example"]
        refused(office.run("restore", str(copy)), 1, "another backend already works")
    office.close()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    done = office.ok("restore", str(copy))
    with office.open() as client:
        assert addresses(client) == ["before@x.example"]
    with closing(sqlite3.connect(done["aside"])) as old:
        assert old.execute("SELECT count(*) FROM contact").fetchone() == (2,)
    assert stat.S_IMODE(office.database.stat().st_mode) == 0o600
    assert not list(office.folder.glob("*.restoring*"))
    assert not list(tmp_path.glob("*.part"))


def test_clients_learn_that_the_server_went_back(office: Office, tmp_path: Path) -> None:
    with office.open() as client:
        office.ok("backup", str(tmp_path / "copy.db"))
        add(client, "after@x.example")
        seen = client.get("/sync/changes").json()["cursor"]
    office.close()
    office.ok("restore", str(tmp_path / "copy.db"))
    with office.open() as client:
        answer = client.get("/sync/changes", params={"cursor": seen})
    assert (answer.status_code, answer.json()["code"]) == (409, "rewound")


def test_nothing_is_mailed_twice_by_itself(office: Office, tmp_path: Path) -> None:
    with office.open() as client:
        segment = client.post("/segments", json={"name": "All", "dslJson": {"all": []}}).json()["segment"]
        for name, later in (("now", {"undoSeconds": 0}), ("soon", {"sendAt": "2999-01-01T00:00:00Z"})):
            body = {"name": name, "contentJson": document(), "segmentId": segment["id"]}
            row = client.post("/campaigns", json=body).json()["campaign"]
            assert client.post(f"/campaigns/{row['id']}/send", json=later).status_code == 200
        office.ok("backup", str(tmp_path / "copy.db"))
        cursor = client.get("/sync/changes").json()["cursor"]
    office.close()
    done = office.ok("restore", str(tmp_path / "copy.db"))
    assert (done["campaigns"], done["sequences"]) == (1, 0)
    with office.open() as client:
        shown = {row["name"]: row for row in client.get("/campaigns").json()["campaigns"]}
        assert (shown["now"]["status"], shown["soon"]["status"]) == ("PAUSED", "SCHEDULED")
        changed = client.get("/sync/changes", params={"cursor": cursor}).json()["changes"]
        assert {"campaign", "settings"} == {change["kind"] for change in changed}


def test_a_password_sealed_with_another_key_is_named(office: Office, tmp_path: Path) -> None:
    account = {"name": "Main", "host": "localhost", "port": 25, "fromEmail": "a@x.example", "password": "p"}
    with office.open() as client:
        assert client.post("/sending-accounts", json=account).status_code == 200
    office.close()
    office.ok("backup", str(tmp_path / "copy.db"))
    (office.folder / "secret-key").unlink()
    assert office.ok("restore", str(tmp_path / "copy.db"))["locked_accounts"] == 1


@pytest.mark.usefixtures("fresh_starts")
def test_neither_migrations_nor_another_databases_driver_are_loaded(founded: Path, tmp_path: Path) -> None:
    words = ("backup", str(tmp_path / "copy.db"), "--data-dir", str(founded))
    done = run(tmp_path, *words, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "backend.backup.sqlite_copy" in loaded
    assert not {"alembic", "psycopg"} & loaded


class TestRefusals:
    def test_a_name_that_is_taken(self, office: Office, tmp_path: Path) -> None:
        taken = tmp_path / "mine.txt"
        taken.write_text("precious")
        refused(office.run("backup", str(taken)), 1, "exists already")
        assert taken.read_text() == "precious"

    def test_a_folder_that_is_missing(self, office: Office, tmp_path: Path) -> None:
        refused(office.run("backup", str(tmp_path / "nowhere" / "copy.db")), 1, "nowhere")

    def test_no_database_yet(self, tmp_path: Path) -> None:
        words = ("backup", str(tmp_path / "copy.db"), "--data-dir", str(tmp_path / "empty"))
        refused(run(tmp_path, *words), 1, "no database yet")
        assert not (tmp_path / "copy.db").exists()

    @pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
    def test_a_file_that_is_no_backup(self, office: Office, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "copy.db").write_bytes(content)
        before = office.database.read_bytes()
        refused(office.run("restore", str(tmp_path / "copy.db")), 1, "not a database")
        assert office.database.read_bytes() == before

    def test_a_damaged_backup(self, office: Office, tmp_path: Path) -> None:
        office.ok("backup", str(tmp_path / "copy.db"))
        with (tmp_path / "copy.db").open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 8192)
        refused(office.run("restore", str(tmp_path / "copy.db")), 1, "copy.db")

    def test_a_backup_from_a_newer_version(self, office: Office, tmp_path: Path) -> None:
        office.ok("backup", str(tmp_path / "copy.db"))
        with closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
            connection.execute("PRAGMA user_version=99")
        refused(office.run("restore", str(tmp_path / "copy.db")), 1, "version 99")

    def test_a_file_that_is_missing(self, office: Office, tmp_path: Path) -> None:
        refused(office.run("restore", str(tmp_path / "copy.db")), 1, "copy.db")
        assert not (tmp_path / "copy.db").exists()


def test_a_damaged_database_can_be_replaced(office: Office, tmp_path: Path) -> None:
    office.ok("backup", str(tmp_path / "copy.db"))
    office.database.write_bytes(b"rubbish" * 1000)
    done = office.ok("restore", str(tmp_path / "copy.db"))
    assert Path(done["aside"]).read_bytes().startswith(b"rubbish")
    with office.open() as client:
        assert addresses(client) == []
