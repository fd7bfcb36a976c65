"""docs/server.md as it is typed: real processes, from an empty PostgreSQL to a campaign that was sent."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.backend.delivery.world import CONTENT
from tests.forked import HANDBILL, run

PASSWORDS = {"olive@acme.example": "a long password", "mel@acme.example": "another password"}


@dataclass
class Host:
    """A computer with its own folders and settings."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDBILL_")}
        own = {"HANDBILL_DATA_DIR": str(self.home / "data"), "XDG_CONFIG_HOME": str(self.home)}
        return {**kept, **own, "HOME": str(self.home), **self.settings}

    def handbill(self, *words: str, typed: str = "", code: int = 0) -> str:
        done = run([HANDBILL, *words], input=typed, env=self.environment, cwd=self.home)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr


@pytest.fixture
def database(postgres_folder: str) -> Iterator[str]:
    """The query part of the address of an empty database."""
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute("CREATE DATABASE team")
        yield f"team?host={postgres_folder}"
        admin.execute("DROP DATABASE team WITH (FORCE)")


@pytest.fixture
def host(tmp_path: Path, database: str) -> Host:
    home = tmp_path / "server"
    home.mkdir()
    return Host(
        home,
        {
            "HANDBILL_DATABASE_URL": f"postgresql+psycopg://handbill_app@/{database}",
            "HANDBILL_SECRET_KEY": "the same on every host",
        },
    )


@pytest.fixture
def sending_host(tmp_path: Path, database: str) -> Host:
    """Another computer, where only workers run."""
    home = tmp_path / "sending"
    home.mkdir()
    return Host(
        home,
        {
            "HANDBILL_DATABASE_URL": f"postgresql+psycopg://handbill_worker@/{database}",
            "HANDBILL_SECRET_KEY": "the same on every host",
        },
    )


@pytest.fixture
def serving(host: Host, database: str) -> Iterator[str]:
    """The address of a server that was set up as the page says."""
    host.handbill("db", "setup", "--admin-url", f"postgresql://postgres@/{database}")
    for words in (
        ("org", "create", "Acme", "--owner-email", "olive@acme.example"),
        ("user", "add", "--org", "1", "--email", "mel@acme.example"),
    ):
        host.handbill(*words, "--password-stdin", typed=f"{PASSWORDS[words[-1]]}\n")
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "cli.main", "serve", "--port", "0"],
        env=host.environment, cwd=host.home, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        ready = server.stdout.readline()
        try:
            assert ready.startswith("ready http://127.0.0.1:"), ready
            yield ready.split()[1]
        finally:
            server.terminate()
            assert server.wait(30) == 0


def client(folder: Path, server: str, email: str) -> Host:
    folder.mkdir()
    computer = Host(folder)
    login = ("--server", server, "login", "--email", email, "--password-stdin")
    computer.handbill(*login, typed=f"{PASSWORDS[email]}\n")
    return computer


def test_two_people_share_what_they_make(tmp_path: Path, serving: str) -> None:
    olive = client(tmp_path / "olive", serving, "olive@acme.example")
    mel = client(tmp_path / "mel", serving, "mel@acme.example")
    there = ("--server", serving)
    olive.handbill(*there, "segments", "create", "Subscribers", 'status = "subscribed"')
    seen = json.loads(mel.handbill(*there, "segments", "list", "--json"))
    assert "Subscribers" in json.dumps(seen)
    assert "mel@acme.example" in mel.handbill(*there, "whoami")


@contextmanager
def program(host: Host, *words: str) -> Iterator[str]:
    """A long-running command; what is given is its first line. It must end politely."""
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "cli.main", *words],
        env=host.environment, cwd=host.home, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        try:
            yield running.stdout.readline()
        finally:
            running.terminate()
            assert running.wait(30) == 0


@pytest.fixture
def smtp_port(host: Host) -> Iterator[str]:
    """A mail server on the sending host's network."""
    with program(host, "mailcatcher", "--smtp-port", "0", "--dir", str(host.home / "mails")) as ready:
        yield ready.split(":")[1].split()[0]


def test_what_they_write_is_sent_by_workers(
    tmp_path: Path, serving: str, sending_host: Host, smtp_port: str, host: Host
) -> None:
    olive = client(tmp_path / "olive", serving, "olive@acme.example")
    there = ("--server", serving)
    people = tmp_path / "people.csv"
    people.write_text("email\nann@example.org\nbo@example.org\n")
    olive.handbill(*there, "contacts", "import", str(people))
    made = json.loads(olive.handbill(*there, "segments", "create", "All", 'email contains "@"', "--json"))
    create = ("campaigns", "create", "Hello", "--segment", made["id"], "--json")
    campaign = json.loads(olive.handbill(*there, *create, typed=json.dumps(CONTENT)))["id"]
    olive.handbill(*there, "campaigns", "send", campaign)
    sending_host.settings["HANDBILL_SMTP_URL"] = f"smtp://127.0.0.1:{smtp_port}?from=news@acme.example"
    with program(sending_host, "worker") as first, program(sending_host, "worker") as second:
        assert (first, second) == ("ready\n", "ready\n")
        end = time.monotonic() + 60
        mails = host.home / "mails"
        while sum(1 for _ in mails.glob("**/new/*")) < 2:
            assert time.monotonic() < end
            time.sleep(0.05)  # asking with a program each time takes the processor from those who send
        while json.loads(olive.handbill(*there, "campaigns", "show", campaign, "--json"))["status"] != "SENT":
            assert time.monotonic() < end
    got = host.handbill("mailcatcher", "list", "--dir", str(host.home / "mails"))
    assert (got.count("ann@example.org"), got.count("bo@example.org")) == (1, 1)


def test_before_the_setup_the_server_names_the_command(host: Host) -> None:
    assert "handbill db setup --admin-url URL" in host.handbill("serve", code=1)
    host.settings.pop("HANDBILL_SECRET_KEY")
    assert "HANDBILL_SECRET_KEY" in host.handbill("serve", code=2)
