"""A server of its own that really sends one tracked mail, and a shop that its links lead to."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

PASSWORD = "correct horse battery"
OWNER = "olive@acme.example"


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><html lang=en><title>Shop</title><body><h1>You have arrived</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@contextmanager
def shop() -> Iterator[str]:
    """Its address; whatever is asked for, one has arrived."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Shop)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Sent:
    """The links of the mail that one contact got, and the owner's view of it."""

    def __init__(self, site: str, api: httpx.Client, contact_id: str, campaign_id: str, html: str) -> None:
        self.site, self.api = site, api
        self.contact_id, self.campaign_id = contact_id, campaign_id
        self.html = html
        self._came = time.monotonic()

    def lies_there(self) -> None:
        """Until a person could have found and read it; whoever is quicker is a machine."""
        time.sleep(max(0.0, self._came + 6 - time.monotonic()))

    def link(self, path: str) -> str:
        """The first one to this kind of page."""
        found = re.search(rf'(?:href|src)="({re.escape(self.site)}/{path}/[^"]+)"', self.html)
        assert found is not None, path
        return found[1]

    def get(self, path: str) -> Any:
        answer = self.api.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def contact(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/contacts/{self.contact_id}")["contact"]
        return found

    @property
    def response(self) -> dict[str, int]:
        found: dict[str, int] = self.get(f"/campaigns/{self.campaign_id}/report")["report"]["response"]
        return found

    def forget(self) -> None:
        """The contact is as it was before anybody did anything."""
        body = {"status": "subscribed", "name": "Ann", "fields": {"offers": False, "town": None}}
        assert self.api.patch(f"/contacts/{self.contact_id}", json=body).status_code == 200


def _content(shop_address: str) -> dict[str, Any]:
    blocks = [
        {"type": "heading", "id": "h", "text": "Dear {{ name | friend }}"},
        {"type": "text", "id": "t", "text": f"Come to [our shop]({shop_address}/for/{{{{ name }}}})."},
        {"type": "footer", "id": "f", "text": "You asked.", "address": "1 Main Street",
         "preferences": "What you get", "view": "As a page"},
    ]  # fmt: skip
    return {"version": 1, "subject": "Our news", "blocks": blocks}


def _send(api: httpx.Client, mails: Path, content: dict[str, Any]) -> tuple[str, str, str]:
    """(contact, campaign, HTML of the mail that arrived)."""

    def post(path: str, body: dict[str, Any]) -> Any:
        answer = api.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert api.patch("/org", json={"trackOpens": True, "trackClicks": True}).status_code == 200
    for key, kind, label in (("offers", "bool", "Offers"), ("town", "text", "Town")):
        post("/fields", {"key": key, "type": kind, "label": label, "onPreferences": True})
    contact = post("/contacts", {"email": "ann@example.org", "name": "Ann"})["contact"]["id"]
    segment = post("/segments", {"name": "All", "dslJson": {"all": []}})["segment"]["id"]
    made = post("/campaigns", {"name": "News", "contentJson": content, "segmentId": segment})["campaign"]
    post(f"/campaigns/{made['id']}/send", {"updatedAt": made["updatedAt"]})
    end = time.monotonic() + 60
    while not (caught := [path for path in mails.rglob("*") if path.is_file() and path.parent.name == "new"]):
        assert time.monotonic() < end, "the mail never came"
        time.sleep(0.1)
    _, html = message_from_bytes(caught[0].read_bytes()).get_payload()
    return contact, made["id"], html.get_payload(decode=True).decode()


@contextmanager
def _serving(folder: Path, port: int, mails: Path) -> Iterator[str]:
    """A server as a person starts it, and the id of its organisation; it ends with this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HANDBILL_")}
    own = {"HANDBILL_PUBLIC_URL": f"http://127.0.0.1:{port}", "HANDBILL_DATA_DIR": str(folder / "data")}
    environment = {**kept, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), **own}
    program, root = [sys.executable, "-P", "-m", "backend"], Path(__file__).parents[2]
    serve = [*program, "serve", "--port", str(port), "--mailcatcher", str(mails)]
    create = [*program, "org-create", "Acme", "--owner-email", OWNER, "--password-stdin", "--json"]
    piped = {
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
        "cwd": root,
        "env": environment,
    }
    server: subprocess.Popen[str] = subprocess.Popen(serve, **piped)
    try:
        assert server.stdout is not None
        readable, _, _ = select.select([server.stdout], [], [], 60)
        assert readable, "the server did not start"
        assert server.stdout.readline().startswith("ready ")
        made = subprocess.run(create, input=f"{PASSWORD}\n", check=True, **piped)
        yield json.loads(made.stdout)["orgId"]
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


@contextmanager
def sent_mail(folder: Path) -> Iterator[Sent]:
    """One campaign to one contact, over SMTP into a folder."""
    port, mails = _free_port(), folder / "mails"
    site = f"http://127.0.0.1:{port}"
    with (
        shop() as shop_address,
        _serving(folder, port, mails) as org_id,
        httpx.Client(base_url=f"{site}/api") as api,
    ):
        login = {"email": OWNER, "password": PASSWORD, "orgId": org_id}
        token = api.post("/auth/login", json=login).json()["accessToken"]
        api.headers["Authorization"] = f"Bearer {token}"
        yield Sent(site, api, *_send(api, mails, _content(shop_address)))
