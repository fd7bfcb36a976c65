"""Clients of the real application in process, each with its own store and a line that can fail."""

import itertools
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from litestar import Litestar

from backend.auth.passwords import Passwords
from backend.orgs.service import create_org
from backend.settings import Settings
from contract.blocks import Document, Text, dump_document
from contract.clock import ManualClock
from contract.ids import new_document_id
from localstore.peek import Peek
from localstore.records import DocKind, Draft, Hold
from localstore.schema import prepare
from localstore.store import Store
from sync.api import Api
from sync.pull import Pull
from sync.push import Outcome, Push
from tests.backend.kept_routes import running_app

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
CAMPAIGN = DocKind.CAMPAIGN
_GOING = (None, Hold.NEEDS_PARENT)


def mail(*texts: str, subject: str = "Hello") -> dict[str, Any]:
    """A campaign's content with one text block for each text."""
    blocks = [Text(id=f"text{n}", text=text) for n, text in enumerate(texts)]
    document = Document(version=1, subject=subject, blocks=blocks)
    return {
        "name": "Spring offer",
        "contentJson": dump_document(document),
        "segmentId": None,
        "sendAt": None,
        "accountId": None,
    }


@dataclass
class Line(httpx.AsyncBaseTransport):
    """The way to the server. `fault` is what happens to the next request, if anything."""

    inner: httpx.AsyncBaseTransport
    fault: str | None = None
    down: bool = False
    log: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fault, self.fault = self.fault, None
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        if fault == "request lost":
            raise httpx.RemoteProtocolError("cut on the way out", request=request)
        self.log.append((request.method, request.url.path))
        self.bodies.append(request.content)
        answer = await self.inner.handle_async_request(request)
        if fault == "answer lost":
            await answer.aread()
            raise httpx.ReadTimeout("no answer", request=request)
        if fault == "answer cut":
            await answer.aread()
            return httpx.Response(answer.status_code, content=answer.content[: len(answer.content) // 2])
        return answer


@dataclass
class Desk:
    """One client: a store on disk, a connection, and the hands that push and pull."""

    path: Path
    store: Store
    api: Api
    line: Line
    push: Push
    pull: Pull
    peek: Peek

    async def write(self, id: str, content: dict[str, Any]) -> None:
        row = await self.store.row(CAMPAIGN, id)
        assert row is not None
        await self.store.save(CAMPAIGN, id, content, row.mine_seq)

    async def create(self, content: dict[str, Any]) -> str:
        fresh = new_document_id()
        await self.store.create(CAMPAIGN, fresh, content)
        return fresh

    async def sync(self) -> None:
        """Push and pull until nothing moves."""
        await self.push_all()
        await self.pull.pull()
        await self.push_all()

    async def push_all(self, rounds: int = 6) -> list[Outcome]:
        """Push whatever waits until nothing moves any more."""
        outcomes = []
        for _ in range(rounds):
            waiting = [row for row in await self.store.unsettled() if row.hold in _GOING]
            if not waiting:
                break
            outcomes += [await self.push.push(row.kind, row.id) for row in waiting]
        return outcomes

    def draft(self, id: str, kind: DocKind = CAMPAIGN) -> Draft:
        draft = self.peek.get(kind, id)
        assert draft is not None
        return draft

    def texts(self, id: str) -> list[str]:
        return [block["text"] for block in self.draft(id).content["contentJson"]["blocks"]]


class World:
    """One server and as many desks as a test wants."""

    def __init__(self, app: Litestar, clock: ManualClock, folder: Path) -> None:
        self.app = app
        self.clock = clock
        self._folder = folder
        self._numbers = itertools.count()
        self._desks: list[Desk] = []
        self.org = (0, 0)

    async def open(self, name: str) -> tuple[int, int]:
        async with self.app.state.parts.database.system_writer() as session:
            return await create_org(
                session, name, f"{name}@shop.example", await CHEAP.hash("-"), self.clock.now()
            )

    async def desk(
        self, org: tuple[int, int] | None = None, *, server: Any = None, file: Path | None = None
    ) -> Desk:
        session = await self.app.state.auth.open(*(org or self.org))
        path = file or self._folder / f"desk{next(self._numbers)}.db"
        prepare(path)
        line = Line(server or httpx.ASGITransport(self.app))
        api = Api(line, "http://handbill")
        api._adopt(session.model_dump(by_alias=True, mode="json"))
        store = Store(path, self.clock)
        randomness = random.Random(7)
        desk = Desk(
            path, store, api, line, Push(store, api, self.clock, randomness), Pull(store, api), Peek(path)
        )
        self._desks.append(desk)
        return desk

    @property
    def database(self) -> Path:
        return self._folder / "handbill.db"

    def back_up(self) -> Path:
        """A copy of what the server has now."""
        copy = self._folder / f"backup{next(self._numbers)}.db"
        with closing(sqlite3.connect(self.database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy

    def restore(self, copy: Path) -> None:
        """The server wakes up with an older state."""
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(self.database)) as target:
            source.backup(target)

    async def on_server(self, desk: Desk, id: str) -> dict[str, Any]:
        down, desk.line.down = desk.line.down, False
        body = (await desk.api.call("GET", f"/api/campaigns/{id}")).body["campaign"]
        desk.line.down = down
        return body

    async def close(self) -> None:
        for desk in self._desks:
            desk.peek.close()
            await desk.store.close()
            await desk.api.close()


@pytest.fixture
async def world(tmp_path: Path, empty_sqlite: Path) -> AsyncIterator[World]:
    shutil.copy(empty_sqlite, tmp_path / "handbill.db")
    clock = ManualClock()
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'handbill.db'}",
        secret_keys=("a secret key for tests only",),
    )
    async with running_app(settings, clock, passwords=CHEAP) as app:
        world = World(app, clock, tmp_path)
        world.org = await world.open("ana")
        yield world
        await world.close()
