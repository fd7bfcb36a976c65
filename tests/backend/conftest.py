"""The real application in process: its database is a file, its tokens are real, its clock stands still."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from litestar import Litestar

from backend.auth.passwords import Passwords
from backend.db.engine import Database
from backend.orgs.service import add_user, create_org
from backend.ports import Ports
from backend.ports_memory import MemoryDelivery, MemorySequencing
from backend.settings import Settings
from contract.auth import Session
from contract.blocks import dump_document, empty_document
from contract.clock import ManualClock
from contract.roles import Role
from tests.backend.kept_routes import running_app
from tests.backend.postgres.fixtures import Postgres, postgres, postgres_folder, prepared_postgres

__all__ = ["postgres", "postgres_folder", "prepared_postgres"]

PASSWORD = "correct horse battery"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Member:
    """Someone signed in."""

    http: httpx.AsyncClient
    session: Session

    async def ok(self, method: str, path: str, body: Any = None, **kwargs: Any) -> Any:
        answer = await self.http.request(method, path, json=body, **kwargs)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, status: int, code: str, method: str, path: str, body: Any = None) -> Any:
        answer = await self.http.request(method, path, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "application/problem+json",
        ), answer.text
        problem = answer.json()
        assert problem["code"] == code, problem
        return problem


class Server:
    """One running application and the people who use it."""

    def __init__(self, app: Litestar, clock: ManualClock) -> None:
        self.app = app
        self.clock = clock
        self.clients: list[httpx.AsyncClient] = []

    @property
    def database(self) -> Database:
        return self.app.state.parts.database

    @property
    def ports(self) -> Ports:
        return self.app.state.ports

    @property
    def delivery(self) -> MemoryDelivery:
        assert isinstance(self.ports.delivery, MemoryDelivery)
        return self.ports.delivery

    @property
    def sequencing(self) -> MemorySequencing:
        assert isinstance(self.ports.sequencing, MemorySequencing)
        return self.ports.sequencing

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://handbill/api", headers=headers
        )
        self.clients.append(client)
        return client

    async def org(self, name: str, owner: str) -> tuple[int, int]:
        async with self.database.system_writer() as session:
            hashed = await CHEAP.hash(PASSWORD)
            return await create_org(session, name, owner, hashed, self.clock.now())

    async def sign_in(self, org_id: int, user_id: int) -> Member:
        session = await self.app.state.auth.open(org_id, user_id)
        return Member(self.client(session.access_token), session)

    async def member(self, org_id: int, email: str, role: Role = Role.MEMBER) -> Member:
        async with self.database.system_writer() as session:
            hashed = await CHEAP.hash(PASSWORD)
            user_id = await add_user(
                session, org_id, email=email, role=role, password_hash=hashed, now=self.clock.now()
            )
        return await self.sign_in(org_id, user_id)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Both databases: whatever asks for a server runs on each."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "handbill.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'handbill.db'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.app_url


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_keys=("a secret key for tests only",),
    )


@pytest.fixture
async def server(settings: Settings, clock: ManualClock) -> AsyncIterator[Server]:
    async with running_app(settings, clock, passwords=CHEAP) as app:
        server = Server(app, clock)
        yield server
        for client in server.clients:
            await client.aclose()


@pytest.fixture
async def owner(server: Server) -> Member:
    return await server.sign_in(*await server.org("Acme", "olive@acme.example"))


@pytest.fixture
async def member(server: Server, owner: Member) -> Member:
    return await server.member(int(owner.session.org.id), "mel@acme.example")


@pytest.fixture
async def stranger(server: Server, owner: Member) -> Member:
    """The owner of another organisation."""
    del owner
    return await server.sign_in(*await server.org("Other", "otto@other.example"))


@pytest.fixture
def anonymous(server: Server) -> httpx.AsyncClient:
    return server.client()


def document(subject: str = "Hello", text: str = "Hi") -> dict[str, Any]:
    """A document that can be sent."""
    content = dump_document(empty_document()) | {"subject": subject}
    content["blocks"][0]["text"] = text
    content["blocks"][1]["address"] = "1 Main Street"
    return content
