"""Naming everyone who did not get a campaign, and sending again what nobody knows of, from a script."""

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest

from tests.backend.conftest import document
from tests.cli.test_members import PASSWORD, Desk

MANY = 2_300
"""More than a page."""


@pytest.fixture
def desk(server: str, tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "desk", server)
    desk.run("login", "--email", "o@acme.example", "--password-stdin", stdin=PASSWORD)
    return desk


def paused_after_a_crash(desk: Desk, database: Path) -> str:
    """A campaign as a crash left it: most got it, some did not, of two nobody knows."""
    made = json.loads(desk.run("campaigns", "create", "May", "--json", stdin=json.dumps(document())))
    mails = [(number, made["id"], f"c{number}@example.org", *_fate(number)) for number in range(1, MANY + 1)]
    with sqlite3.connect(database, timeout=60) as connection:
        connection.execute(
            "UPDATE campaign SET status='PAUSED', paused_reason='by hand', started_at='2026-03-02 09:00:00'"
            " WHERE id = ?",
            [made["id"]],
        )
        connection.executemany(
            "INSERT INTO delivery (org_id, id, source_id, step_id, run_no, revision, contact_id, address,"
            " state, reason, attempts, updated_at)"
            " SELECT id, ?1, ?2, '', 0, 1, ?1, ?3, ?4, ?5, 1, 1772442000000000 FROM org",
            mails,
        )
    connection.close()
    return str(made["id"])


def _fate(number: int) -> tuple[str, str]:
    if number in (7, MANY):
        return "unknown", "=cmd|' /C calc'!A0"
    return ("bounced", "550 5.1.1 no such mailbox") if number % 2 else ("accepted", "250 taken")


def test_everyone_who_did_not_get_it_by_name_and_the_unknown_again(desk: Desk, tmp_path: Path) -> None:
    campaign = paused_after_a_crash(desk, tmp_path / "d" / "handbill.db")
    words = ("campaigns", "deliveries", campaign, "--not-delivered")
    lines = list(csv.DictReader(io.StringIO(desk.run(*words, "--csv"))))
    expected = [number for number in range(1, MANY + 1) if _fate(number)[0] != "accepted"]
    assert [line["email"] for line in lines] == [f"c{number}@example.org" for number in expected]
    assert lines[3]["reason"] == "'=cmd|' /C calc'!A0", "no formula in a spreadsheet"
    assert f"{len(expected):,} in all: {len(expected) - 2:,} bounced, 2 unknown." in desk.words
    found = desk.run("campaigns", "deliveries", campaign, "--find", "c7@", "--json")
    assert [json.loads(line)["state"] for line in found.splitlines()] == ["unknown"]

    desk.run("campaigns", "resend", campaign, code=1)
    assert "2 mails may or may not have arrived" in desk.words
    desk.run("campaigns", "resend", campaign, "--state", "bounced", "--yes", code=2)
    assert "Only mails of which nobody knows" in desk.words
    resent = desk.run("campaigns", "resend", campaign, "--state", "unknown", "--yes", "--json")
    assert json.loads(resent) == {"resent": 2}
    desk.run("campaigns", "deliveries", campaign, "--state", "unknown")
    assert "Nobody." in desk.words
    (waiting,) = desk.run("campaigns", "outbox").splitlines()
    assert waiting.split("\t")[:3] == [campaign, "May", "PAUSED"]
    assert waiting.split("\t")[4] == f"{MANY - 2}/{MANY}"
