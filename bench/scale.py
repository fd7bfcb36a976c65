"""A large audience through the real program: how fast it is materialised and sent, and the memory it takes.

    python -m bench.scale [--contacts 1000000] [--mails 100000] [--json FILE]

One campaign to all contacts is frozen (each copy rendered once) and then paused, another one is sent to some
of them. The sink is Postfix's smtp-sink where it is installed; Linux only, for the peak of the resident set.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from backend.db.schema import prepare_database
from backend.orgs.service import create_org
from bench.figures import keep, show
from bench.places import running_server, sink
from bench.program import add_campaign, add_people, backend, opened, peak_memory, until
from bench.send import smtp_source
from contract.clock import SystemClock

Ask = Callable[[str], Any]
"""One value from the database, or a change to it, as its owner."""


async def seeded(url: str, contacts: int, mails: int) -> int:
    database = opened(url)
    await prepare_database(database.engine)
    async with database.system_writer() as session:
        org_id, _ = await create_org(session, "Acme", "olive@acme.example", "x", SystemClock().now())
    first = {"name": "First", "name_folded": "first"}
    people = [{"email": f"c{i}@example.org"} | (first if i < mails else {}) for i in range(contacts)]
    await add_people(database, org_id, people)
    await database.close()
    return org_id


async def scheduled(url: str, org_id: int, name: str, dsl: dict[str, Any]) -> str:
    database = opened(url)
    campaign = await add_campaign(database, org_id, name, dsl)
    await database.close()
    return campaign


def measure(
    name: str, app_url: str, ask: Ask, command: list[str], worker: Mapping[str, str], *, options: Any
) -> dict[str, Any]:
    org_id = asyncio.run(seeded(app_url, options.contacts, options.mails))
    with sink(0) as port:
        smtp = f"smtp://127.0.0.1:{port}?from=news@example.com&lanes=20"
        with backend(*command, **worker, HANDBILL_SMTP_URL=smtp) as process:
            assert process.stdout is not None
            process.stdout.readline()
            rest = peak_memory(process)
            everyone = asyncio.run(scheduled(app_url, org_id, "Everyone", {"all": []}))
            status = f"SELECT {{}} FROM campaign WHERE id = '{everyone}'"
            freezing = until(lambda: ask(status.format("started_at")) is not None, 0.05)
            ask(f"UPDATE campaign SET status = 'PAUSED' WHERE id = '{everyone}'")
            frozen = peak_memory(process)
            time.sleep(2)
            some = asyncio.run(
                scheduled(app_url, org_id, "Some", {"field": "name", "op": "eq", "value": "First"})
            )
            status = f"SELECT {{}} FROM campaign WHERE id = '{some}'"
            until(lambda: ask(status.format("started_at")) is not None, 0.05)
            sending = until(lambda: ask(status.format("status")) == "SENT")
            sent = peak_memory(process)
        states = f"SELECT count(*) FROM delivery WHERE source_id = '{some}' AND state = 'accepted'"
        accepted = ask(states)
        source = smtp_source(port, options.mails, 20)
    return {
        "database": name,
        "frozen/s": options.contacts / freezing,
        "sent/s": options.mails / sending,
        "/smtp-source": options.mails / sending / source if source else float("nan"),
        "accepted": accepted,
        "MB at rest": rest,
        "after freezing": frozen,
        "after sending": sent,
    }


@contextmanager
def sqlite() -> Iterator[tuple[str, str, Ask, list[str], dict[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "handbill.db"

        def ask(words: str) -> Any:
            with closing(sqlite3.connect(path, timeout=60)) as connection, connection:
                row = connection.execute(words).fetchone()
            return row[0] if row else None

        yield "SQLite", f"sqlite+aiosqlite:///{path}", ask, ["serve", "--port", "0", "--data-dir", folder], {}


@contextmanager
def postgresql() -> Iterator[tuple[str, str, Ask, list[str], dict[str, str]] | None]:
    with running_server() as server, tempfile.TemporaryDirectory() as folder:
        if server is None:
            yield None
            return
        server.empty()
        admin: psycopg.Connection = server.admin

        def ask(words: str) -> Any:
            cursor = admin.execute(words.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None

        command = ["worker", "--data-dir", folder]
        yield "PostgreSQL", server.app_url, ask, command, {"HANDBILL_DATABASE_URL": server.worker_url}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--json")
    options = parser.parse_args()
    rows = []
    for place in (sqlite, postgresql):
        if options.only in (None, place.__name__):
            with place() as found:
                if found is not None:
                    rows.append(measure(*found, options=options))
    show("A large audience through the real program", rows)
    keep(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
