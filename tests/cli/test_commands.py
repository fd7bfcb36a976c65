"""The command line as scripts use it: real processes, exit codes, data on stdout, sentences on stderr."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.embedded import Embedded

HANDBILL = str(Path(sys.executable).with_name("handbill"))


class Shell:
    """Runs commands in a workspace of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.env = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder / "r")}
        (folder / "r").mkdir(mode=0o700)

    def run(self, *words: str, stdin: str = "", code: int = 0, **env: str) -> str:
        """Standard output; fails unless the command ends with `code`."""
        done = subprocess.run(
            [HANDBILL, "--data-dir", str(self.data), *words],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.env | env,
            cwd=self.folder,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        self.words = done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    shell = Shell(tmp_path_factory.mktemp("cli"))
    os.environ["XDG_RUNTIME_DIR"], before = shell.env["XDG_RUNTIME_DIR"], os.environ.get("XDG_RUNTIME_DIR")
    yield shell
    Embedded(shell.data).stop()
    if before is None:
        del os.environ["XDG_RUNTIME_DIR"]
    else:
        os.environ["XDG_RUNTIME_DIR"] = before


@pytest.fixture
def csv(shell: Shell) -> str:
    path = shell.folder / "people.csv"
    path.write_text("email,name\nana@example.com,Ana\nben@example.com,Ben\nnot an address,Eve\n")
    return str(path)


class TestData:
    def test_import_count_and_explain(self, shell, csv):
        dry = json.loads(shell.run("contacts", "import", csv, "--dry-run", "--json"))
        assert (dry["added"], dry["skipped"], dry["dryRun"]) == (2, 1, True)
        shell.run("contacts", "import", csv)
        assert "4" in shell.words, "the faulty line is named"
        rows = [json.loads(line) for line in shell.run("contacts", "list", "--json").splitlines()]
        assert [row["email"] for row in rows] == ["ana@example.com", "ben@example.com"]
        count = json.loads(shell.run("segments", "count", 'name = "ana"', "--json"))
        assert count["count"] == 1
        made = json.loads(shell.run("segments", "create", "Anas", 'name = "ana"', "--json"))
        assert "ben@example.com is out" in shell.run("segments", "explain", made["id"], "ben@example.com")

    def test_a_wrong_expression_is_refused_with_its_place(self, shell):
        shell.run("segments", "count", "nmae = 3", code=1)
        assert "nmae" in shell.words

    def test_a_campaign_can_be_made_but_not_sent_to_nobody(self, shell):
        content = json.dumps({"version": 1, "subject": "Hi", "blocks": [{"type": "text", "text": "Hello"}]})
        made = json.loads(shell.run("campaigns", "create", "News", "--json", stdin=content))
        assert made["status"] == "DRAFT"
        shell.run("campaigns", "send", made["id"], code=4)
        assert "segment" in shell.words.lower()

    def test_a_preview_reads_as_the_contacts_mail(self, shell, csv):
        shell.run("contacts", "import", csv)
        contact = json.loads(shell.run("contacts", "list", "ana", "--json").splitlines()[0])
        blocks = [{"type": "text", "text": "Dear {{ name }}, how is {{ city }}?"}]
        content = json.dumps({"version": 1, "subject": "Hi {{ name | you }}", "blocks": blocks})
        made = json.loads(shell.run("campaigns", "create", "News", "--json", stdin=content))
        said = shell.run("campaigns", "preview", made["id"], "--contact", contact["id"])
        assert said == "Hi Ana\n\nDear Ana, how is ?\n"
        assert "Nothing to put in for city." in shell.words
        bare = json.loads(shell.run("campaigns", "preview", made["id"], "--json"))
        assert (bare["subject"], bare["missing"]) == ("Hi you", ["name", "city"])

    def test_a_preflight_says_what_stands_against_it(self, shell):
        content = json.dumps({"version": 1, "subject": "Hi", "blocks": []})
        made = json.loads(shell.run("campaigns", "create", "News", "--json", stdin=content))
        shell.run("campaigns", "preflight", made["id"], code=4)
        assert "segment" in shell.words.lower()

    def test_a_document_that_is_no_json_is_a_usage_error(self, shell):
        shell.run("campaigns", "create", "News", stdin="{", code=2)
        assert "JSON" in shell.words

    def test_the_backend_is_found_and_stopped(self, shell):
        shell.run("segments", "list")
        shell.run("backend", "status")
        shell.run("backend", "stop")
        shell.run("backend", "status", code=1)


class TestBadInput:
    def test_a_broken_setting_is_named(self, shell):
        shell.run("serve", code=2, HANDBILL_SMTP_URL="not a url")
        assert "HANDBILL_SMTP_URL" in shell.words
        assert "smtp://" in shell.words

    def test_a_file_that_is_not_utf8_is_read_or_explained(self, shell):
        path = shell.folder / "latin.csv"
        path.write_bytes("email,name\njose@example.com,José\n".encode("latin-1"))
        shell.run("contacts", "import", str(path))
        rows = [json.loads(line) for line in shell.run("contacts", "list", "jose", "--json").splitlines()]
        assert rows[0]["name"] == "José"

    def test_a_missing_file_is_named(self, shell):
        shell.run("contacts", "import", "nowhere.csv", code=1)
        assert "nowhere.csv" in shell.words

    def test_drafts_of_a_newer_version_are_left_alone(self, shell, tmp_path):
        from localstore.folders import Account
        from localstore.schema import prepare
        from sync.accounts import KnownAccount, remember_account

        known = KnownAccount("embedded", "1", "1", "me")
        path = Account("embedded", "1", "1").file_in(tmp_path / "newer")
        remember_account(tmp_path / "newer", known)
        prepare(path)
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        before = path.read_bytes()
        done = subprocess.run(
            ["script", "-qec", f"{HANDBILL} --data-dir {tmp_path / 'newer'}", "/dev/null"],
            capture_output=True,
            text=True,
            env=shell.env,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        Embedded(tmp_path / "newer").stop()
        assert done.returncode == 1
        assert "newer version of Handbill" in done.stdout
        assert "Traceback" not in done.stdout
        assert path.read_bytes() == before

    def test_the_client_needs_a_terminal(self, shell):
        shell.run(code=2)
        assert "terminal" in shell.words

    def test_a_server_nobody_signed_in_to(self, shell):
        shell.run("--server", "http://127.0.0.1:9", "segments", "list", code=5)
        assert "handbill" in shell.words
