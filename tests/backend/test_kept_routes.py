"""What the routes that tests share remember: nothing."""

from pathlib import Path

from backend.settings import Settings
from contract.clock import ManualClock
from tests.backend.conftest import CHEAP, PASSWORD, Server
from tests.backend.kept_routes import running_app

MADE = 'handbill_requests_total{method="POST",route="/api/segments",status="200"}'


def of_its_own(folder: Path, key: str) -> Settings:
    folder.mkdir()
    url = f"sqlite+aiosqlite:///{folder / 'handbill.db'}"
    return Settings(data_dir=folder, database_url=url, secret_keys=(key,))


async def counted(server: Server, line: str) -> int:
    """How often this request was answered, by the application's own count."""
    text = (await server.client().get("http://handbill/metrics")).text
    return next((int(float(row.split()[-1])) for row in text.splitlines() if row.startswith(line)), 0)


async def test_an_application_on_kept_routes_knows_nothing_of_the_last_one(tmp_path: Path):
    before, after = ManualClock(), ManualClock()
    async with running_app(of_its_own(tmp_path / "a", "one secret key"), before, passwords=CHEAP) as first:
        server = Server(first, before)
        ann = await server.sign_in(*await server.org("Ann's", "ann@acme.example"))
        await ann.ok("POST", "/segments", {"name": "Ann's", "dslJson": {"all": []}})
        assert await counted(server, MADE) == 1
        state, token = first.state, ann.session.access_token
    await before.advance(3_600)
    async with running_app(of_its_own(tmp_path / "b", "another key"), after, passwords=CHEAP) as second:
        assert second is first
        assert second.state is not state
        server = Server(second, after)
        assert (await server.client(token).get("/me")).status_code == 401
        bo = await server.sign_in(*await server.org("Bo's", "bo@acme.example"))
        login = {"email": "bo@acme.example", "password": PASSWORD}
        assert (await server.client().post("/auth/login", json=login)).status_code == 200
        assert (await bo.ok("GET", "/segments"))["segments"] == []
        assert await counted(server, MADE) == 0
