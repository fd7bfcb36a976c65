"""The main job as one person lives it, in a real terminal, with both processes killed on the way."""

import hashlib
import json
import signal
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from bench.terminal import Terminal
from localstore.mailbox import CaughtMail, count_mails, read_mails
from tests.e2e.conftest import Workspace, wait_until

TYPED = "Train. "
MORE = "Tunnel. "
LAST = "Bridge. "
WORDS = TYPED + MORE + LAST


def on_the_wire(email: str) -> str:
    """An address as SMTP carries it: its domain in ASCII."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def mailable(workspace: Workspace, **wanted: Any) -> set[str]:
    """Who has these values and may be written to, read straight from the rows."""
    connection = sqlite3.connect(f"file:{workspace.embedded.data / 'handbill.db'}?mode=ro", uri=True)
    undone = "SELECT address_hash FROM suppression WHERE undone_at IS NULL"
    suppressed = {row[0] for row in connection.execute(undone)}
    rows = connection.execute(
        "SELECT c.email, a.attrs FROM contact c JOIN contact_attrs a ON a.contact_id = c.id "
        "WHERE c.status = 'subscribed'"
    ).fetchall()
    connection.close()
    return {
        on_the_wire(email)
        for email, attrs in rows
        if wanted.items() <= json.loads(attrs).items()
        and hashlib.sha256(email.encode()).hexdigest() not in suppressed
    }


def go(window: Terminal, place: str) -> None:
    window.press(":")
    window.type(place)
    window.press("enter")


def find(window: Terminal, name: str) -> None:
    """Filter a list for a name and open what is left."""
    window.press("/")
    window.type(name)
    window.press("enter")
    window.settle(0.3)
    window.press("enter")


def mails_in(workspace: Workspace, at_least: int) -> list[CaughtMail]:
    """What the catcher has, once it has at least so many."""
    wait_until(lambda: count_mails(workspace.mail_folder) >= at_least)
    return read_mails(workspace.mail_folder, 10_000)


def open_text_block(window: Terminal) -> None:
    """From the list of campaigns into the first text block of "Spring offer"."""
    window.wait_for("Spring offer")
    find(window, "Spring")
    window.wait_for("Preheader")
    window.press("home", "down", "down")
    window.wait_for("Text  ")
    window.press("enter")
    window.settle(0.2)


def stop(window: Terminal) -> None:
    """Suspend the program in the moment after its last key, as a shell does with a job."""
    window.kill(signal.SIGTSTP)
    state = Path(f"/proc/{window.process.pid}/stat")
    wait_until(lambda: state.read_text().rpartition(")")[2].split()[0] == "T")


def write_through_two_crashes(workspace: Workspace) -> Terminal:
    """Type, lose the backend, type on, lose the client, and find every character again."""
    window = workspace.open()
    window.wait_for("synced")
    open_text_block(window)
    window.type(TYPED)
    window.wait_for("saved here")
    window.wait_for("synced")

    workspace.kill_backend()
    window.type(MORE)
    window.wait_for(TYPED + MORE)
    window.settle(0.3)
    window.wait_for("offline, 1 waiting")
    window.type(LAST)
    window.wait_for(WORDS)
    stop(window)
    window.kill()

    window = workspace.open()
    open_text_block(window)
    window.wait_for(WORDS)
    window.wait_for("synced")
    return window


def send_to_pro_customers(workspace: Workspace, window: Terminal) -> None:
    """Choose who gets it, look at the numbers, schedule it, and watch it leave."""
    wanted = mailable(workspace, plan="pro")
    window.press("escape", "f5")
    window.wait_for("Pro customers")
    window.type("Pro")
    window.settle(0.3)
    window.press("enter")
    window.wait_for(r"Pro customers.*\d+ would get it")
    window.press("f9")
    window.wait_for(f"will get it .*{len(wanted)}")
    window.press("t")
    window.type("in 5s")
    window.press("enter")
    window.wait_for("Scheduled for")
    window.press("tab", "enter")
    window.wait_for("Outbox")
    window.wait_for("Spring offer")

    mails = mails_in(workspace, len(wanted))
    assert Counter(mail.to for mail in mails) == Counter(wanted)
    assert len({mail.message_id for mail in mails}) == len(mails)
    for mail in mails:
        for body in (mail.text, mail.html):
            assert WORDS in " ".join(body.split())
    go(window, "campaigns status=sent")
    window.wait_for(r"Spring offer\s+✓ sent")


def run_a_sequence(workspace: Workspace, window: Terminal) -> None:
    """Move the step without a delay to the front and activate: its mails arrive at once."""
    wanted = mailable(workspace, vip=True, city="Lisbon")
    before = count_mails(workspace.mail_folder)
    go(window, "sequences")
    window.wait_for("Win back")
    find(window, "Win")
    window.wait_for("VIPs in Lisbon")
    window.press("down", "K")
    window.wait_for("at once.*day 0")
    window.wait_for("synced")
    window.press("f9")
    window.wait_for("Activate|Publish")
    window.wait_for(f"{len(wanted)}")
    window.press("tab", "enter")
    window.wait_for("active")
    mails = mails_in(workspace, before + len(wanted))
    arrived = mails[: len(mails) - before]
    assert Counter(mail.to for mail in arrived) == Counter(wanted)
    assert len({mail.message_id for mail in mails}) == len(mails)


def test_from_the_first_key_to_the_last_mail(workspace: Workspace) -> None:
    window = write_through_two_crashes(workspace)
    send_to_pro_customers(workspace, window)
    run_a_sequence(workspace, window)
    window.press("ctrl+q")
    assert window.ended() == 0
