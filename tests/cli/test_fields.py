"""Custom fields from the command line."""

import json
from pathlib import Path

from tests.cli.test_members import PASSWORD, Desk


def test_a_field_is_made_listed_and_asked_for(server: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", server)
    desk.run("login", "--email", "o@acme.example", "--password-stdin", stdin=PASSWORD)
    desk.run("fields", "create", "plan", code=2)
    choices = ("--type", "choice", "--choice", "free", "--choice", "pro")
    made = json.loads(desk.run("fields", "create", "plan", *choices, "--label", "Plan", "--json"))
    assert (made["choices"], made["onPreferences"]) == (["free", "pro"], False)
    assert "True" in desk.run("fields", "edit", "plan", "--on-preferences", "yes")
    assert "plan\tchoice\tPlan\tfree, pro\tTrue" in desk.run("fields", "list")
    desk.run("fields", "edit", "email", "--on-preferences", "yes", code=1)
