"""Events over a real socket: they say when to pull and nothing else, and end with the session."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from backend.auth.tokens import ACCESS_SECONDS
from backend.events.api import MAX_LISTENERS
from tests.backend.conftest import Member, Server, document
from tests.backend.events.serving import eventually, served

SECONDS = 10


class Listener:
    """The lines of one stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> str | None:
        """The next line that is not empty; None at the end."""
        async with asyncio.timeout(SECONDS):
            async for line in self._lines:
                if line:
                    return line
        return None

    async def number(self) -> int:
        line = await self.next()
        assert line is not None
        assert line.startswith("data: ")
        return int(line.removeprefix("data: "))


@pytest.fixture
async def socket(server: Server, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    path = tmp_path_factory.mktemp("s") / "api.sock"
    async with served(server.app, path):
        yield path


@asynccontextmanager
async def listening(socket: Path, token: str | None) -> AsyncIterator[Listener]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://handbill/api", headers=headers) as client,
        client.stream("GET", "/events") as response,
    ):
        yield Listener(response)


async def in_time(server: Server, listener: Listener) -> str | None:
    """The next line, while time passes."""
    line = asyncio.create_task(listener.next())
    while not line.done():
        await server.clock.advance(5)
        await asyncio.wait({line}, timeout=0.02)
    return await line


def token_of(member: Member) -> str:
    return member.session.access_token


async def write(member: Member) -> None:
    await member.ok("POST", "/campaigns", {"name": "News", "contentJson": document()})


async def test_a_write_is_heard_at_once_by_the_organisation_alone(
    socket: Path, owner: Member, member: Member, stranger: Member
) -> None:
    async with listening(socket, token_of(member)) as here, listening(socket, token_of(stranger)) as there:
        assert here.response.headers["content-type"].startswith("text/event-stream")
        before, elsewhere = await here.number(), await there.number()
        await write(owner)
        assert await here.number() == before + 1
        await write(stranger)
        assert await there.number() == elsewhere + 1


async def test_a_write_by_another_process_is_heard_soon(socket: Path, server: Server, owner: Member) -> None:
    async with listening(socket, token_of(owner)) as here:
        before = await here.number()
        pokes = server.app.state.parts.pokes
        listeners, pokes._listeners = pokes._listeners, type(pokes._listeners)(set)
        await write(owner)
        pokes._listeners = listeners
        await server.clock.advance(6)
        assert await here.number() == before + 1


async def test_there_is_a_sign_of_life(socket: Path, server: Server, owner: Member) -> None:
    async with listening(socket, token_of(owner)) as here:
        await here.number()
        assert await in_time(server, here) == ": still here"


async def test_it_ends_when_its_member_is_removed(socket: Path, owner: Member, member: Member) -> None:
    async with listening(socket, token_of(member)) as here:
        await here.number()
        await owner.ok("DELETE", f"/members/{member.session.user.id}")
        assert await here.next() is None


async def test_it_ends_when_its_member_signs_out(socket: Path, member: Member) -> None:
    async with listening(socket, token_of(member)) as here:
        await here.number()
        await member.ok("POST", "/auth/logout")
        assert await here.next() is None


async def test_it_ends_when_its_token_would(socket: Path, server: Server, owner: Member) -> None:
    async with listening(socket, token_of(owner)) as here:
        await here.number()
        for _ in range(ACCESS_SECONDS // 15 + 1):
            if await in_time(server, here) is None:
                return
        raise AssertionError("it outlived its token")


async def test_nobody_listens_without_a_session(socket: Path, server: Server, member: Member) -> None:
    async with listening(socket, None) as nobody:
        assert nobody.response.status_code == 401
    await member.ok("POST", "/auth/logout")
    async with listening(socket, token_of(member)) as gone:
        assert gone.response.status_code == 401
    assert len(server.app.state.parts.pokes) == 0


async def test_a_listener_that_leaves_is_forgotten(socket: Path, server: Server, owner: Member) -> None:
    async with listening(socket, token_of(owner)) as here:
        await here.number()
    await eventually(lambda: len(server.app.state.parts.pokes) == 0)


async def test_too_many_listeners_are_told_to_wait(
    socket: Path, server: Server, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    pokes = server.app.state.parts.pokes
    monkeypatch.setattr(type(pokes), "listeners", lambda self, org_id: MAX_LISTENERS)
    async with listening(socket, token_of(owner)) as here:
        assert here.response.status_code == 429
        assert "retry-after" in here.response.headers


async def test_open_streams_do_not_keep_a_process_that_should_end(
    socket: Path, server: Server, owner: Member
) -> None:
    async with listening(socket, token_of(owner)) as here:
        await here.number()
        server.app.state.parts.pokes.close()
        assert await here.next() is None
