"""Sending accounts from the command line, against a real server and a real mail server."""

import json
from pathlib import Path

from tests.cli.test_members import PASSWORD, Desk, server

__all__ = ["server"]


def test_an_account_is_added_tried_changed_and_removed(server: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", server)
    desk.run("login", "--email", "o@acme.example", "--password-stdin", stdin=PASSWORD)
    desk.run("accounts", "add", "Main", code=2)
    assert "--host and --port and --from" in desk.words
    where = ("--host", "127.0.0.1", "--port", "1", "--from", "news@acme.example", "--tls", "none")
    made = json.loads(
        desk.run("accounts", "add", "Main", *where, "--password-stdin", "--json", stdin="the mail password\n")
    )
    assert "password" not in json.dumps(made)
    desk.run("accounts", "test", made["id"], code=1)
    assert "127.0.0.1:1" in desk.words
    assert "127.0.0.1 is this computer" in desk.run("accounts", "check", made["id"])
    desk.run("accounts", "edit", made["id"], "--rate", "5", "--daily-cap", "200")
    listed = json.loads(desk.run("accounts", "list", "--json"))
    assert (listed["rate"], listed["dailyCap"], listed["host"]) == (5, 200, "127.0.0.1")
    desk.run("accounts", "remove", made["id"])
    assert desk.run("accounts", "list") == ""


def test_a_key_is_made_published_activated_and_removed(server: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", server)
    desk.run("login", "--email", "o@acme.example", "--password-stdin", stdin=PASSWORD)
    where = ("--host", "127.0.0.1", "--port", "1", "--from", "news@acme.example", "--tls", "none")
    account = json.loads(desk.run("accounts", "add", "Main", *where, "--json"))["id"]
    record = desk.run("accounts", "dkim", account, "create", "--selector", "hb1")
    assert record.startswith('hb1._domainkey.acme.example. IN TXT ( "v=DKIM1; k=rsa; p=')
    assert max(map(len, record.split('"'))) <= 255
    assert f"accounts dkim {account} activate hb1" in desk.words
    desk.run("accounts", "dkim", account, "create", "--selector", "hb1", code=4)
    assert "hb1 already" in desk.words
    listed = json.loads(desk.run("accounts", "dkim", account, "--json"))
    assert (listed["selector"], listed["active"]) == ("hb1", False)
    assert "True" in desk.run("accounts", "dkim", account, "activate", "hb1")
    desk.run("accounts", "dkim", account, "remove", "hb2", code=1)
    desk.run("accounts", "dkim", account, "remove", "hb1")
    assert desk.run("accounts", "dkim", account) == ""
    desk.run("accounts", "dkim", account, "sign", code=2)
