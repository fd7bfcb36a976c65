"""The command line as scripts use it: real processes, exit codes, data on stdout, sentences on stderr."""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from cli.failures import said
from cli.options import parse
from cli.verbs import VERBS, names
from sync.embedded import Embedded
from tests import forked
from tests.forked import HANDBILL


class Shell:
    """Runs commands in a workspace of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.env = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder / "r")}
        (folder / "r").mkdir(mode=0o700)

    def run(self, *words: str, stdin: str = "", code: int = 0, **env: str) -> str:
        """Standard output; fails unless the command ends with `code`."""
        done = forked.run(
            [HANDBILL, "--data-dir", str(self.data), *words],
            input=stdin,
            env=self.env | env,
            cwd=self.folder,
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


@pytest.mark.parametrize("noun", VERBS)
def test_help_says_what_each_verb_takes_and_knows_no_others(noun, capsys):
    with pytest.raises(SystemExit):
        parse([noun, "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert all(usage in shown for usage in VERBS[noun])
    module = import_module(f"cli.{noun}")
    known = {*getattr(module, "_COMMANDS", names(noun)), *getattr(module, "ACTIONS", ())}
    assert known | {"accept"} == {*names(noun), "accept"}, "what is not there cannot be asked for"


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

    def test_options_stand_before_the_words_or_behind_them(self, shell, csv):
        dry = json.loads(shell.run("contacts", "import", "--dry-run", "--json", csv))
        assert (dry["rows"], dry["dryRun"]) == (3, True)
        found = shell.run("segments", "--json", "count", 'name = "nobody"')
        assert json.loads(found)["count"] == 0
        shell.run("contacts", "import", "--dryrun", csv, code=2)
        assert "--dryrun" in shell.words

    def test_a_reader_that_has_enough_is_no_mistake(self, shell, csv):
        shell.run("contacts", "import", csv)
        command = [HANDBILL, "--data-dir", str(shell.data), "contacts", "list"]
        piped = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=shell.env)
        assert piped.stdout is not None
        assert piped.stderr is not None
        piped.stdout.close()
        with piped.stderr as said:
            words = said.read().decode()
        assert (piped.wait(60), words) == (141, "")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
    def test_a_full_disk_is_said_in_a_sentence(self, shell, csv):
        shell.run("contacts", "import", csv)
        command = [HANDBILL, "--data-dir", str(shell.data), "contacts", "list"]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                command, stdout=full, stderr=subprocess.PIPE, text=True, env=shell.env, check=False
            )
        assert (done.returncode, done.stderr) == (1, "handbill: the disk is full.\n")

    def test_a_mistake_of_the_program_ends_it_with_70(self, capsys):
        with said() as outcome:
            {}["nothing"]
        assert outcome.code == 70
        assert "KeyError" in capsys.readouterr().err

    def test_a_time_without_a_zone_is_refused_with_an_example(self, shell):
        content = json.dumps({"version": 1, "subject": "Hi", "blocks": [{"type": "text", "text": "Hello"}]})
        made = json.loads(shell.run("campaigns", "create", "News", "--json", stdin=content))
        for at in ("tomorrow 9", "2099-12-01T09:00"):
            shell.run("campaigns", "schedule", made["id"], "--at", at, code=2)
            assert "2026-12-01T09:00:00+01:00" in shell.words

    def test_a_server_that_cannot_be_reached_is_named(self, shell):
        words = ("--server", "http://127.0.0.1:9", "login", "--email", "a@b.example", "--password-stdin")
        shell.run(*words, stdin="a password\n", code=3)
        assert "http://127.0.0.1:9 cannot be reached" in shell.words

    def test_a_contact_is_named_by_its_address_too(self, shell, csv):
        shell.run("contacts", "import", csv)
        shown = json.loads(shell.run("contacts", "show", "Ana@example.com", "--json"))
        assert shown["name"] == "Ana"
        shell.run("contacts", "timeline", "nobody@example.com", code=1)
        assert "no contact with the address nobody@example.com" in shell.words

    def test_a_wrong_setting_is_said_by_the_command_that_needs_the_backend(self, shell):
        elsewhere = ("--data-dir", str(shell.folder / "wrong"))
        shell.run("contacts", "list", *elsewhere, code=2, HANDBILL_SMTP_URL="foo")
        assert shell.words == (
            "handbill: HANDBILL_SMTP_URL is not valid: expected smtp://... or smtps://....\n"
        )

    def test_columns_that_belong_to_no_field_are_named(self, shell):
        path = shell.folder / "shoes.csv"
        path.write_text("email,shoe size,name\nzoe@example.com,38,Zoe\n")
        shell.run("contacts", "import", str(path), "--dry-run")
        assert "'shoe size'" in shell.words
        assert "name'" not in shell.words
        answer = json.loads(shell.run("contacts", "import", str(path), "--dry-run", "--json"))
        assert answer["leftOut"] == ["shoe size"]

    def test_a_file_without_addresses_says_what_it_has(self, shell):
        path = shell.folder / "bare.csv"
        path.write_text("zed@example.com,Zed\n")
        shell.run("contacts", "import", str(path), code=1)
        assert "COLUMN=email" in shell.words
        assert "zed@example.com" in shell.words

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

    @pytest.mark.usefixtures("fresh_starts")
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

    @pytest.mark.usefixtures("fresh_starts")
    def test_the_client_needs_a_terminal(self, shell):
        shell.run(code=2)
        assert "terminal" in shell.words

    def test_a_server_nobody_signed_in_to(self, shell):
        shell.run("--server", "http://127.0.0.1:9", "segments", "list", code=5)
        assert "handbill" in shell.words
