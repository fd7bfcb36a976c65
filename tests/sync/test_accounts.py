"""Several people on one computer: drafts never cross, and sign-out loses and leaks nothing."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from backend.orgs.service import create_org
from contract.clock import SystemClock
from contract.problems import UnauthenticatedError
from localstore.records import DocKind
from sync.drafts import LocalDrafts, SyncStatus
from sync.errors import ServiceError, SignedOutError
from sync.secrets import MemorySecrets
from sync.workspace import Workspace
from tests.sync.conftest import CAMPAIGN, CHEAP, Line, World, mail
from tests.sync.test_editing import until

SERVER = "https://mail.example"


@pytest.fixture
async def line(world: World, monkeypatch: pytest.MonkeyPatch) -> Line:
    line = Line(httpx.ASGITransport(world.app))
    monkeypatch.setattr("sync.api.transport_for", lambda server: (line, "http://handbill"))
    for name in ("ben", "eve"):
        async with world.app.state.parts.database.system_writer() as session:
            email, password = f"{name}@shop.example", await CHEAP.hash(f"{name}'s password")
            await create_org(session, f"Shop of {name}", email, password, world.clock.now())
    return line


@asynccontextmanager
async def window(folder, secrets) -> AsyncIterator[tuple[Workspace, LocalDrafts, SyncStatus]]:
    workspace = Workspace(
        folder, clock=SystemClock(), random=random.Random(1), server=SERVER, secrets=secrets
    )
    workspace.connect_behind()
    try:
        yield workspace, LocalDrafts(workspace), SyncStatus(workspace)
    finally:
        await workspace.close()


async def signs_in(status: SyncStatus, workspace: Workspace, name: str) -> None:
    await until(lambda: workspace.signed_out or workspace.connected)
    await status.sign_in(f"{name}@shop.example", f"{name}'s password")
    await until(lambda: workspace.connected and name in status.who and workspace.engine is not None)


def names(drafts: LocalDrafts) -> list[str]:
    return [doc.name for doc in drafts.list(CAMPAIGN)]


class TestSigningIn:
    async def test_the_badge_asks_and_a_person_answers(self, line, tmp_path):
        async with window(tmp_path / "data", MemorySecrets()) as (workspace, drafts, status):
            await until(lambda: status.badge().text == "sign in")
            with pytest.raises(SignedOutError):
                await drafts.create(CAMPAIGN, mail("nobody's"))
            with pytest.raises(ServiceError, match="password"):
                await status.sign_in("ben@shop.example", "wrong")
            await signs_in(status, workspace, "ben")
            await drafts.create(CAMPAIGN, mail("hello"))
            await until(lambda: status.badge().text.startswith("synced"))

    async def test_the_next_start_needs_nobody(self, line, tmp_path):
        secrets = MemorySecrets()
        async with window(tmp_path / "data", secrets) as (workspace, drafts, status):
            await signs_in(status, workspace, "ben")
            await drafts.create(CAMPAIGN, mail("hello") | {"name": "Kept"})
        async with window(tmp_path / "data", secrets) as (workspace, drafts, status):
            assert names(drafts) == ["Kept"]
            await until(lambda: workspace.connected)

    async def test_a_session_that_ended_pauses_and_the_same_person_goes_on(self, line, tmp_path):
        async with window(tmp_path / "data", MemorySecrets()) as (workspace, drafts, status):
            await signs_in(status, workspace, "ben")
            api = workspace.api()
            api._access = api._refresh = "spent"
            id = await drafts.create(CAMPAIGN, mail("typed while signed out"))
            await until(lambda: status.badge().text == "sign in")
            assert drafts.get(CAMPAIGN, id).state.dirty
            await status.sign_in("ben@shop.example", "ben's password")
            await until(lambda: not drafts.get(CAMPAIGN, id).state.dirty)


class TestAnotherPerson:
    async def test_nothing_crosses_and_each_finds_what_was_hers(self, world, line, tmp_path):
        async with window(tmp_path / "data", MemorySecrets()) as (workspace, drafts, status):
            await signs_in(status, workspace, "ben")
            line.down = True
            secret = await drafts.create(CAMPAIGN, mail("of ben") | {"name": "Ben's secret"})
            await status.sign_out(discard=False)
            assert names(drafts) == []
            line.down = False
            await signs_in(status, workspace, "eve")
            assert names(drafts) == []
            await drafts.create(CAMPAIGN, mail("of eve") | {"name": "Eve's own"})
            await until(lambda: status.badge().text.startswith("synced"))
            assert ("POST", f"/api/campaigns/{secret}") not in line.log
            assert not any(b"Ben's secret" in body for body in line.bodies)
            await status.sign_out(discard=False)
            await signs_in(status, workspace, "ben")
            assert names(drafts) == ["Ben's secret"]
            await until(lambda: not drafts.get(CAMPAIGN, secret).state.dirty)
            assert any(b"Ben's secret" in body for body in line.bodies)

    async def test_signing_in_as_another_without_signing_out_changes_the_file(self, line, tmp_path):
        async with window(tmp_path / "data", MemorySecrets()) as (workspace, drafts, status):
            await signs_in(status, workspace, "ben")
            await drafts.create(CAMPAIGN, mail("of ben") | {"name": "Ben's"})
            await signs_in(status, workspace, "eve")
            assert names(drafts) == []


class TestSigningOut:
    async def test_the_session_ends_and_the_way_back_is_forgotten(self, line, tmp_path):
        secrets = MemorySecrets()
        async with window(tmp_path / "data", secrets) as (workspace, drafts, status):
            await signs_in(status, workspace, "ben")
            await drafts.create(CAMPAIGN, mail("hello"))
            api, refresh = workspace.api(), workspace.api()._refresh
            await status.sign_out(discard=False)
            assert list(secrets._values.values()) == []
            del api
            from sync.api import Api

            async with Api(line, "http://handbill") as again:
                with pytest.raises(UnauthenticatedError):
                    await again.resume(refresh)

    async def test_discarding_removes_the_file_and_keeping_does_not(self, line, tmp_path):
        async with window(tmp_path / "data", MemorySecrets()) as (workspace, drafts, status):
            await signs_in(status, workspace, "ben")
            path = (await workspace.store()).path
            await drafts.create(CAMPAIGN, mail("hello"))
            await status.sign_out(discard=False)
            assert path.exists()
            await signs_in(status, workspace, "ben")
            await status.sign_out(discard=True)
            assert not list(path.parent.glob(f"{path.stem}*"))

    async def test_a_draft_can_be_exported(self, line, tmp_path):
        async with window(tmp_path / "data", MemorySecrets()) as (workspace, drafts, status):
            await signs_in(status, workspace, "ben")
            id = await drafts.create(CAMPAIGN, mail("hello") | {"name": "../Spring / offer"})
            path = await drafts.export(DocKind.CAMPAIGN, id)
            assert path.startswith(str(tmp_path / "data" / "exports"))
            assert "hello" in await asyncio.to_thread(Path(path).read_text)
