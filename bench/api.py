"""What the border costs: our list, get and autosave beside bare handlers with the same SQL and body.

    python -m bench.api [--seconds 2] [--rounds 5] [--clients 32] [--json FILE]

A bare handler has no sign-in, no scoping, no idempotency, no audit log and no feed; it reads and writes the
same rows through the same SQLAlchemy models, engine settings and pydantic models. Clients are tasks that call
the application in process, so that neither side hides behind a socket. `rls` is the bare handler once more,
as the plain role behind row-level security instead of as superuser; both tell PostgreSQL the organisation.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import structlog
from litestar import Litestar

from backend.app import build_app
from backend.db.engine import Database, make_engine
from backend.db.models.campaign import Campaign
from backend.db.setup import admin_url, set_up
from backend.orgs.service import create_org
from backend.settings import Settings
from bench.asgi import Client
from bench.bare import bare_app
from bench.figures import keep, median, percentile, show
from bench.render import newsletter
from contract.blocks import dump_document
from contract.clock import SystemClock
from contract.ids import new_document_id
from tests.backend.postgres.fixtures import Postgres
from tests.backend.postgres.server import programs, running_postgres

CAMPAIGNS = 200
ACTIONS = ("list", "get", "autosave")
GOALS = {("list", "p50"): 1.25, ("get", "p50"): 1.25, ("autosave", "p99"): 1.5}


@dataclass
class Subject:
    """One application under test, and what it took, in seconds, by action and round."""

    name: str
    client: Client
    ids: list[str]
    took: dict[str, list[list[float]]] = field(default_factory=lambda: {action: [] for action in ACTIONS})

    def figures(self, action: str) -> dict[str, float]:
        """Medians over the rounds."""
        rounds = self.took[action]
        return {
            "p50": median([percentile(took, 0.50) for took in rounds]),
            "p99": median([percentile(took, 0.99) for took in rounds]),
        }


async def _seed(database: Database) -> tuple[int, int, list[str]]:
    """(organisation, owner, campaigns)."""
    now = SystemClock().now()
    content = dump_document(newsletter())
    async with database.system_writer() as session:
        org_id, owner = await create_org(session, "Acme", "olive@acme.example", "x", now)
    ids = [new_document_id() for _ in range(CAMPAIGNS)]
    stamps = {"created_at": now, "updated_at": now, "status": "DRAFT", "content_json": content}
    async with database.writer(org_id) as session:
        session.add_all([Campaign(id=id, name=f"Campaign {n}", **stamps) for n, id in enumerate(ids)])
    return org_id, owner, ids


def _action(subject: Subject, action: str, turn: int) -> Callable[[], Awaitable[None]]:
    """What one client does again and again; each client saves a campaign of its own."""
    client, own = subject.client, subject.ids[turn]
    content = dump_document(newsletter())
    version = ""

    async def listing() -> None:
        await client.json("GET", "/api/campaigns?limit=50")

    async def getting() -> None:
        await client.json("GET", f"/api/campaigns/{own}")

    async def autosaving() -> None:
        nonlocal version
        if not version:
            version = (await client.json("GET", f"/api/campaigns/{own}"))["campaign"]["updatedAt"]
        body = {"contentJson": content | {"subject": new_document_id()}, "updatedAt": version}
        answer = await client.json("POST", f"/api/campaigns/{own}", body, key=new_document_id())
        version = answer["campaign"]["updatedAt"]

    return {"list": listing, "get": getting, "autosave": autosaving}[action]


async def _measure(subject: Subject, action: str, clients: int, seconds: float) -> None:
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def one(turn: int) -> None:
        act = _action(subject, action, turn)
        await act()
        while (began := time.perf_counter()) < end:
            await act()
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(one(turn) for turn in range(clients)))
    subject.took[action].append(took)


@asynccontextmanager
async def _subjects(folder: Path, url: str, admin: str | None) -> AsyncIterator[list[Subject]]:
    settings = Settings(data_dir=folder, database_url=url, secret_keys=("a key for the bench",))
    async with AsyncExitStack() as stack:
        app: Litestar = build_app(settings, SystemClock())
        await stack.enter_async_context(app.lifespan())
        org_id, owner, ids = await _seed(app.state.parts.database)
        session = await app.state.auth.open(org_id, owner)
        subjects = [Subject("ours", Client(app, session.access_token), ids)]
        bare = [("bare", admin or url)] + ([("rls", url)] if admin else [])
        for name, address in bare:
            database = Database(make_engine(address))
            stack.push_async_callback(database.close)
            subjects.append(Subject(name, Client(bare_app(database, org_id)), ids))
        yield subjects


def _rows(database: str, subjects: list[Subject], seconds: float) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    for action in ACTIONS:
        base = next(s for s in subjects if s.name == "bare").figures(action)
        for subject in subjects:
            found = subject.figures(action)
            goal = GOALS.get((action, "p50")) or GOALS[action, "p99"]
            rows.append(
                {
                    "database": database,
                    "action": action,
                    "who": subject.name,
                    "req/s": median([len(took) / seconds for took in subject.took[action]]),
                    "p50 ms": found["p50"] * 1000,
                    "p99 ms": found["p99"] * 1000,
                    "p50 ratio": found["p50"] / base["p50"],
                    "p99 ratio": found["p99"] / base["p99"],
                    "goal": {"ours": goal, "rls": 1.1}.get(subject.name, 1.0),
                }
            )
    return rows


async def _run(
    options: argparse.Namespace, url: str, admin: str | None, name: str
) -> list[Mapping[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        address = url or f"sqlite+aiosqlite:///{Path(folder) / 'handbill.db'}"
        async with _subjects(Path(folder), address, admin) as subjects:
            for turn in range(options.rounds):
                for action in ACTIONS:
                    for subject in subjects if turn % 2 else reversed(subjects):
                        await _measure(subject, action, options.clients, options.seconds)
            return _rows(name, subjects, options.seconds)


def _on_postgres(options: argparse.Namespace) -> list[Mapping[str, Any]]:
    binaries = programs()
    if binaries is None:
        print("no PostgreSQL for this platform", file=sys.stderr)
        return []
    with running_postgres(binaries) as folder:
        with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as admin:
            place = Postgres(str(folder), "postgres", admin)
            set_up(admin_url(place.admin_url))
        return asyncio.run(_run(options, place.app_url, place.admin_url, "postgresql"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--json")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    rows = asyncio.run(_run(options, "", None, "sqlite"))
    rows += _on_postgres(options)
    show(f"api, {options.clients} clients in process, {CAMPAIGNS} campaigns", rows)
    keep(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
