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
    desk.run("accounts", "edit", made["id"], "--rate", "5", "--daily-cap", "200")
    listed = json.loads(desk.run("accounts", "list", "--json"))
    assert (listed["rate"], listed["dailyCap"], listed["host"]) == (5, 200, "127.0.0.1")
    desk.run("accounts", "remove", made["id"])
    assert desk.run("accounts", "list") == ""
