"""A team from the command line: two people, two computers, one server."""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from backend.administration import org_create
from backend.settings import load_settings
from contract.clock import SystemClock
from tests import forked
from tests.backend.conftest import document
from tests.backend.processes import Backend

PASSWORD = "a long password\n"


class Desk:
    """One person's computer."""

    def __init__(self, folder: Path, server: str) -> None:
        folder.mkdir()
        self.server = server
        self.folder = folder
        self.env = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def run(self, *words: str, stdin: str = "", code: int = 0) -> str:
        done = forked.run(
            [forked.HANDBILL, "--data-dir", str(self.folder / "data"), "--server", self.server, *words],
            input=stdin,
            env=self.env,
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        self.words = done.stderr
        return done.stdout


@dataclass(frozen=True)
class Team:
    """An organisation of one test alone, on a server that others use, too."""

    server: str
    domain: str

    def mail(self, name: str) -> str:
        return f"{name}@{self.domain}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The data folder of a server, and its address."""
    folder = tmp_path_factory.mktemp("server")
    backend = Backend(folder, "--data-dir", str(folder / "d"), "--port", "0")
    yield folder / "d", backend.address
    assert backend.end() == (0, "")


@pytest.fixture
def team(running: tuple[Path, str]) -> Team:
    folder, server = running
    made = Team(server, f"{uuid4().hex}.example")
    settings = load_settings({}, folder, folder / "none.toml")
    asyncio.run(org_create(settings, SystemClock(), "Acme", made.mail("o"), PASSWORD.strip()))
    return made


def test_a_second_person_joins_works_and_is_removed(team: Team, tmp_path: Path) -> None:
    olive, ann = Desk(tmp_path / "olive", team.server), Desk(tmp_path / "ann", team.server)
    olive.run("login", "--email", team.mail("o"), "--password-stdin", stdin=PASSWORD)
    made = json.loads(olive.run("members", "invite", team.mail("ann"), "--role", "ADMIN", "--json"))
    waiting = [json.loads(line) for line in olive.run("members", "list", "--json").splitlines()]
    assert [(row["email"], row.get("invited", False)) for row in waiting] == [
        (team.mail("o"), False),
        (team.mail("ann"), True),
    ]
    ann.run("members", "accept", made["token"], "--password-stdin", stdin="her own password\n")
    assert f"{team.mail('ann')} · Acme" in ann.words
    assert json.loads(ann.run("whoami", "--json"))["server"] == team.server
    assert json.loads(ann.run("members", "list", "--json").splitlines()[0])["email"] == team.mail("ann")
    changed = json.loads(olive.run("members", "role", team.mail("ann"), "member", "--json"))
    assert changed["role"] == "MEMBER"
    ann.run("members", "remove", team.mail("o"), code=1)
    olive.run("members", "remove", team.mail("ann"))
    ann.run("segments", "list", code=5)


def test_words_that_are_missing_are_asked_for(team: Team, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "olive", team.server)
    desk.run("members", "accept", code=2)
    assert "token of an invitation" in desk.words
    desk.run("members", "accept", "forged", "--password-stdin", stdin=PASSWORD, code=5)
    assert "not valid any more" in desk.words


def test_suppressing_and_reading_the_audit_log(team: Team, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "olive", team.server)
    desk.run("login", "--email", team.mail("o"), "--password-stdin", stdin=PASSWORD)
    made = json.loads(desk.run("contacts", "suppress", "Ann@x.example", "--json"))
    assert json.loads(desk.run("suppressions", "list", "--json")) == made
    desk.run("suppressions", "undo", "ann@x.example")
    assert desk.run("suppressions", "list") == ""
    newest = json.loads(desk.run("audit", "list", "--limit", "1", "--json"))
    assert (newest["action"], newest["email"]) == ("suppression undone", team.mail("o"))


def test_a_second_person_approves_before_a_campaign_is_sent(team: Team, tmp_path: Path) -> None:
    olive, ann = Desk(tmp_path / "olive", team.server), Desk(tmp_path / "ann", team.server)
    olive.run("login", "--email", team.mail("o"), "--password-stdin", stdin=PASSWORD)
    token = json.loads(olive.run("members", "invite", team.mail("ann"), "--json"))["token"]
    ann.run("members", "accept", token, "--password-stdin", stdin="her own password\n")
    assert json.loads(olive.run("members", "rules", "--needs-approval", "yes", "--json"))["needsApproval"]
    ann.run("members", "rules", "--needs-approval", "no", code=1)
    for name, zone in (("Asia/Tokyo", "Asia/Tokyo"), ("none", "")):
        rules = json.loads(olive.run("members", "rules", "--time-zone", name, "--json"))
        assert rules["timeZone"] == zone
    olive.run("members", "rules", "--time-zone", "Mars/Olympus", code=1)
    assert "such as Europe/Berlin" in olive.words
    segment = json.loads(olive.run("segments", "create", "Ann", 'email = "ann@x.example"', "--json"))
    content = json.dumps(document())
    words = ("campaigns", "create", "News", "--segment", segment["id"], "--json")
    made = json.loads(olive.run(*words, stdin=content))
    olive.run("campaigns", "send", made["id"], code=4)
    assert "second person" in olive.words
    assert json.loads(ann.run("campaigns", "approve", made["id"], "--json"))["stands"]
    assert "Approved for 0 contacts." in ann.words
    later = ("campaigns", "schedule", made["id"], "--at", "2100-01-01T09:00:00Z", "--each-zone", "--json")
    scheduled = json.loads(olive.run(*later))
    assert (scheduled["status"], scheduled["localTime"]) == ("SCHEDULED", "2100-01-01T09:00:00")
