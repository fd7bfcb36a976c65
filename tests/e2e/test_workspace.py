"""A workspace over the real embedded backend: found, started once, lost and found again."""

import asyncio
import os
import random
import signal
import stat
from collections.abc import AsyncIterator

import pytest

from contract.clock import SystemClock
from localstore.records import DocKind
from sync.drafts import LocalDrafts, SyncStatus
from sync.embedded import Embedded
from sync.errors import ServiceError
from sync.workspace import Workspace
from tests.e2e.conftest import wait_until

CONTENT = {"name": "Hi", "contentJson": {"version": 1, "blocks": []}, "segmentId": None, "sendAt": None}


@pytest.fixture
def embedded(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    embedded = Embedded(tmp_path / "data")
    yield embedded
    embedded.stop()


@pytest.fixture
async def workspace(embedded) -> AsyncIterator[Workspace]:
    embedded.start()
    workspace = Workspace(embedded.data, clock=SystemClock(), random=random.Random(1), embedded=embedded)
    await asyncio.wait_for(workspace.connect(), 60)
    yield workspace
    await workspace.close()


async def until(condition, seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


class TestProcess:
    def test_it_is_started_once_and_its_socket_is_private(self, embedded):
        first = embedded.start()
        wait_until(embedded.answers)
        assert embedded.start() is None
        assert embedded.pid() == first.pid
        assert stat.S_IMODE(embedded.socket_path.stat().st_mode) == 0o600
        assert stat.S_IMODE(embedded.token_path.stat().st_mode) == 0o600
        assert embedded.stop()
        assert first.wait(10) == 0
        assert embedded.pid() is None

    def test_a_socket_left_by_a_killed_backend_is_no_obstacle(self, embedded):
        first = embedded.start()
        wait_until(embedded.answers)
        first.kill()
        first.wait()
        assert embedded.socket_path.exists()
        assert embedded.start() is not None
        wait_until(embedded.answers)


class TestDrafts:
    async def test_a_draft_reaches_the_server_and_is_there_for_another_computer(self, workspace, tmp_path):
        drafts, status = LocalDrafts(workspace), SyncStatus(workspace)
        id = await drafts.create(DocKind.CAMPAIGN, CONTENT)
        await status.wait_synced(DocKind.CAMPAIGN, id)
        elsewhere = Workspace(
            tmp_path / "elsewhere",
            clock=SystemClock(),
            random=random.Random(2),
            embedded=Embedded(workspace.embedded.data),
        )
        elsewhere.data = tmp_path / "elsewhere"
        await asyncio.wait_for(elsewhere.connect(), 60)
        await until(lambda: LocalDrafts(elsewhere).list(DocKind.CAMPAIGN))
        assert LocalDrafts(elsewhere).list(DocKind.CAMPAIGN)[0].name == "Hi"
        editing = await drafts.edit(DocKind.CAMPAIGN, id)
        await editing.change(CONTENT | {"name": "Poked"})
        await until(lambda: LocalDrafts(elsewhere).list(DocKind.CAMPAIGN)[0].name == "Poked")
        await editing.close()
        await elsewhere.close()

    async def test_a_second_window_reads_what_the_first_one_edits(self, workspace, embedded):
        drafts = LocalDrafts(workspace)
        id = await drafts.create(DocKind.CAMPAIGN, CONTENT)
        editing = await drafts.edit(DocKind.CAMPAIGN, id)
        second = Workspace(embedded.data, clock=SystemClock(), random=random.Random(3), embedded=embedded)
        await asyncio.wait_for(second.connect(), 60)
        with pytest.raises(ServiceError, match="another window"):
            await LocalDrafts(second).edit(DocKind.CAMPAIGN, id)
        await editing.change(CONTENT | {"name": "Renamed"})
        await until(lambda: LocalDrafts(second).get(DocKind.CAMPAIGN, id).content["name"] == "Renamed")
        await editing.close()
        await second.close()

    async def test_a_killed_backend_costs_no_word_and_is_started_when_asked(self, workspace, embedded):
        drafts, status = LocalDrafts(workspace), SyncStatus(workspace)
        id = await drafts.create(DocKind.CAMPAIGN, CONTENT)
        await status.wait_synced(DocKind.CAMPAIGN, id)
        os.kill(embedded.pid(), signal.SIGKILL)
        editing = await drafts.edit(DocKind.CAMPAIGN, id)
        await editing.change(CONTENT | {"name": "Written offline"})
        await until(lambda: "offline" in status.badge(DocKind.CAMPAIGN, id).text)
        assert drafts.get(DocKind.CAMPAIGN, id).content["name"] == "Written offline"
        status.now()
        await until(lambda: "synced" in status.badge(DocKind.CAMPAIGN, id).text)
        await editing.close()
