"""The plug, pulled twice in the middle of a send: who got the mail, who did not, and why.

    python -m bench.plug [--contacts 100000] [--kills 2] [--json FILE]

`handbill serve` on SQLite sends one campaign; its whole process group gets SIGKILL while it sends, and it is
started again. The mail server counts what arrives by address and refuses some. Then everyone must have got
the mail exactly once or stand in a state with a name, which `handbill campaigns deliveries --json` tells.
"""

import argparse
import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.figures import keep, show
from bench.places import counting_sink
from bench.program import add_campaign, add_people, backend, opened, until

LANES = 20
PASSWORD = "correct horse battery staple"
GONE = 500
"""One of so many has no mailbox any more."""
UNSUBSCRIBED = 1_000
TWICE = 2_000
"""One of so many is there a second time, under another spelling of the address."""


def handbill(data: Path, *words: str, said: str = "") -> str:
    """What a command prints."""
    command = [sys.executable, "-P", "-m", "cli.main", "--data-dir", str(data), *words]
    environment = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    done = subprocess.run(command, input=said, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


def people(contacts: int) -> list[dict[str, Any]]:
    """Most are plain; some have left, some have no mailbox, some are there twice."""
    found: list[dict[str, Any]] = []
    for i in range(contacts):
        if i % GONE == 1:
            found.append({"email": f"gone{i}@example.org"})
        elif i % UNSUBSCRIBED == 2:
            found.append({"email": f"c{i}@example.org", "status": "unsubscribed"})
        elif i % TWICE == 3:
            found.append({"email": f"c{i}@bücher.example"})
            found.append({"email": f"c{i}@xn--bcher-kva.example"})
        else:
            found.append({"email": f"c{i}@example.org"})
    return found


async def seed(data: Path, org_id: int, contacts: int) -> tuple[str, int]:
    database = opened(f"sqlite+aiosqlite:///{data / 'handbill.db'}")
    everyone = people(contacts)
    await add_people(database, org_id, everyone)
    campaign = await add_campaign(database, org_id, "Autumn", {"all": []})
    await database.close()
    return campaign, len(everyone)


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def status(data: Path) -> str:
    with closing(sqlite3.connect(data / "handbill.db", timeout=60)) as connection:
        return str(connection.execute("SELECT status FROM campaign").fetchone()[0])


def pull(data: Path, environment: dict[str, str], taken: Path, after: int) -> None:
    """Start it and end it in the middle, with all that belongs to it."""
    with backend("serve", "--port", "0", "--data-dir", str(data), **environment) as process:
        until(lambda: lines(taken) >= after, 0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if status(data) != "SENDING":
        raise RuntimeError("it was not in the middle of the send")


def verdict(rows: list[dict[str, Any]], taken: Path, expected: int) -> dict[str, Any]:
    """Each address on both sides."""
    arrived = Counter(line.split()[0] for line in taken.read_text().splitlines())
    states = Counter(row["state"] for row in rows)
    accepted = {row["email"] for row in rows if row["state"] == "accepted"}
    unknown = {row["email"] for row in rows if row["state"] == "unknown"}
    return {
        "contacts": expected,
        "rows": len(rows),
        "arrived": len(arrived),
        "twice": sum(count > 1 for count in arrived.values()),
        "lost": len(accepted - set(arrived)),
        "not named": len(set(arrived) - accepted - unknown),
        **states,
        "unknown that arrived": len(unknown & set(arrived)),
    }


def run(contacts: int, kills: int) -> tuple[dict[str, Any], Counter[str]]:
    with tempfile.TemporaryDirectory() as folder:
        data, taken = Path(folder) / "data", Path(folder) / "taken"
        data.mkdir(mode=0o700)
        said = f"{PASSWORD}\n"
        made = handbill(
            data,
            *("org", "create", "Acme", "--owner-email", "olive@acme.example", "--password-stdin", "--json"),
            said=said,
        )
        campaign, expected = asyncio.run(seed(data, int(json.loads(made)["orgId"]), contacts))
        with counting_sink(taken) as port:
            smtp = f"smtp://127.0.0.1:{port}?from=news@example.com&lanes={LANES}"
            environment = {"HANDBILL_SMTP_URL": smtp}
            for kill in range(kills):
                pull(data, environment, taken, contacts * (kill + 1) // (kills + 1))
            with backend("serve", "--port", "0", "--data-dir", str(data), **environment) as process:
                assert process.stdout is not None
                server = process.stdout.readline().split()[-1]
                until(lambda: status(data) == "SENT")
                session = ("--server", server)
                handbill(
                    data, *session, "login", "--email", "olive@acme.example", "--password-stdin", said=said
                )
                listed = handbill(data, *session, "campaigns", "deliveries", campaign, "--json")
                others = handbill(
                    data, *session, "campaigns", "deliveries", campaign, "--not-delivered", "--json"
                )
        rows = [json.loads(line) for line in listed.splitlines()]
        reasons = Counter(f"{row['state']}: {row['reason']}" for row in map(json.loads, others.splitlines()))
        return verdict(rows, taken, expected), reasons


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--json")
    options = parser.parse_args()
    found, reasons = run(options.contacts, options.kills)
    show(f"The plug, pulled {options.kills} times", [found])
    show("Who did not get it, and why", [{"why": why, "people": n} for why, n in reasons.most_common()])
    keep(options.json, {"found": found, "reasons": reasons})
    right = not (found["twice"] or found["lost"] or found["not named"])
    most = options.kills * LANES
    if not (right and found["rows"] == found["contacts"] and found.get("unknown", 0) <= most):
        sys.exit("The promise does not hold.")


if __name__ == "__main__":
    main()
