"""Sending accounts from the command line, against a real server and a real mail server."""

import json
from pathlib import Path

from tests.backend.conftest import document
from tests.cli.test_members import PASSWORD, Desk


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
    paused = json.loads(desk.run("accounts", "pause", made["id"], "--reason", "moving", "--json"))
    assert (paused["state"], paused["pausedReason"]) == ("paused", "by o@acme.example: moving")
    resumed = json.loads(desk.run("accounts", "resume", made["id"], "--json"))
    assert (resumed["state"], resumed["pausedReason"]) == ("ready", None)
    desk.run("accounts", "remove", made["id"])
    assert desk.run("accounts", "list") == ""


def test_a_campaign_is_told_through_which_account_it_leaves(server: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", server)
    desk.run("login", "--email", "o@acme.example", "--password-stdin", stdin=PASSWORD)
    where = ("--host", "127.0.0.1", "--port", "1", "--from", "news@acme.example", "--tls", "none")
    main, other = (
        json.loads(desk.run("accounts", "add", name, *where, "--json"))["id"] for name in ("Main", "Other")
    )
    desk.run("accounts", "default", other)
    listed = [json.loads(line) for line in desk.run("accounts", "list", "--json").splitlines()]
    assert [(row["name"], row["isDefault"]) for row in listed] == [("Main", False), ("Other", True)]
    made = json.loads(desk.run("campaigns", "create", "May", "--json", stdin=json.dumps(document())))
    edited = json.loads(desk.run("campaigns", "edit", made["id"], "--account", main, "--json"))
    assert edited["accountId"] == main
    taken_back = desk.run("campaigns", "edit", made["id"], "--account", "none", "--name", "June", "--json")
    shown = json.loads(taken_back)
    assert (shown["accountId"], shown["name"]) == (None, "June")
    desk.run("campaigns", "edit", made["id"], code=2)
    assert "--account" in desk.words


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
