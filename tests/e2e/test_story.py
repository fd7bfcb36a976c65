"""The main job as one person lives it, in a real terminal, with both processes killed on the way."""

import hashlib
import json
import sqlite3
from collections import Counter

from localstore.mailbox import read_mails
from tests.e2e.conftest import Workspace, wait_until

TYPED = "Train. "
MORE = "Tunnel. "


def on_the_wire(email: str) -> str:
    """An address as SMTP carries it: its domain in ASCII."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def pro_customers(workspace: Workspace) -> set[str]:
    """Who has the plan "pro" and may be written to, read straight from the rows."""
    connection = sqlite3.connect(f"file:{workspace.embedded.data / 'handbill.db'}?mode=ro", uri=True)
    suppressed = {
        row[0] for row in connection.execute("SELECT address_hash FROM suppression WHERE undone_at IS NULL")
    }
    rows = connection.execute(
        "SELECT c.email, a.attrs FROM contact c JOIN contact_attrs a ON a.contact_id = c.id "
        "WHERE c.status = 'subscribed'"
    ).fetchall()
    connection.close()
    return {
        on_the_wire(email)
        for email, attrs in rows
        if json.loads(attrs).get("plan") == "pro"
        and hashlib.sha256(email.encode()).hexdigest() not in suppressed
    }


def open_text_block(window) -> None:
    """From the list of campaigns into the first text block of "Spring offer"."""
    window.wait_for("Spring offer", 60)
    window.press("/")
    window.type("Spring")
    window.press("enter")
    window.settle(0.2)
    window.press("enter")
    window.wait_for("Preheader")
    window.press("home", "down", "down")
    window.wait_for(r"Text  ", 10)
    window.press("enter")
    window.settle(0.2)


def test_from_the_first_key_to_the_last_mail(workspace: Workspace) -> None:
    window = workspace.open()
    window.wait_for("synced", 60)
    open_text_block(window)
    window.type(TYPED)
    window.wait_for("saved here", 5)
    window.wait_for("synced", 10)

    workspace.kill_backend()
    window.type(MORE)
    window.wait_for("offline, 1 waiting", 15)
    window.kill()

    window = workspace.open()
    open_text_block(window)
    window.wait_for("Train. Tunnel. ", 10)
    window.wait_for("synced", 30)

    window.press("escape", "f5")
    window.wait_for("Pro customers")
    window.type("Pro")
    window.settle(0.3)
    window.press("enter")
    window.wait_for(r"Pro customers.*\d+ would get it", 10)
    wanted = pro_customers(workspace)
    window.wait_for("synced", 10)
    window.press("f9")
    window.wait_for("will get it|would get it|Who gets it")
    window.wait_for(f"{len(wanted)}", 10)
    window.press("t")
    window.type("in 5s")
    window.press("enter")
    window.wait_for("Scheduled for")
    window.press("tab", "enter")
    window.wait_for("Outbox")
    window.wait_for("Spring offer", 15)

    wait_until(lambda: len(read_mails(workspace.mail_folder, 10_000)) >= len(wanted), 60)
    mails = read_mails(workspace.mail_folder, 10_000)
    assert Counter(mail.to for mail in mails) == Counter(wanted)
    assert len({mail.message_id for mail in mails}) == len(mails)
    for mail in mails:
        for body in (mail.text, mail.html):
            assert TYPED + MORE in " ".join(body.split())
    window.press(":")
    window.type("campaigns")
    window.press("enter")
    window.wait_for(r"Spring offer\s+✓ sent", 20)
    window.press("ctrl+q")
    assert window.ended() == 0
