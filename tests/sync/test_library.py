"""Templates, snippets, versions and approvals over the real server, as the screens ask for them."""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import pytest

from contract.clock import ManualClock
from contract.library import SavedKind
from localstore.store import Store
from sync.api import Api
from sync.errors import OfflineError, RefusedError
from sync.library import RemoteLibrary, RemoteVersions
from sync.services import RemoteAudience, RemoteSending
from sync.workspace import Workspace
from tests.sync.conftest import Desk, World, mail


@dataclass
class _Connected:
    desk: Desk
    clock: ManualClock

    def api(self) -> Api:
        return self.desk.api

    async def store(self) -> Store:
        return self.desk.store

    def hurry(self) -> None:
        pass

    def workspace(self) -> Workspace:
        return cast(Workspace, self)


@pytest.fixture
async def desk(world: World) -> Desk:
    return await world.desk()


def library(world: World, desk: Desk, kind: SavedKind = SavedKind.TEMPLATE) -> RemoteLibrary:
    return RemoteLibrary(_Connected(desk, world.clock).workspace(), kind)


async def saved(world: World, desk: Desk) -> list[tuple[str, str]]:
    return [(row.name, row.content_json["subject"]) for row in await library(world, desk).list()]


class TestLibrary:
    CONTENT = mail("Hi", subject="Hello")["contentJson"]

    async def test_what_one_keeps_the_others_find(self, world: World, desk: Desk) -> None:
        await library(world, desk).save("Monthly", self.CONTENT)
        assert await saved(world, await world.desk()) == [("Monthly", "Hello")]
        assert await library(world, desk, SavedKind.SNIPPET).list() == []

    async def test_a_lost_answer_keeps_it_once(self, world: World, desk: Desk) -> None:
        desk.line.fault = "answer lost"
        saving = asyncio.create_task(library(world, desk).save("Monthly", self.CONTENT))
        while not saving.done():
            await world.clock.advance(1.0)
        assert await saved(world, desk) == [("Monthly", "Hello")]

    async def test_one_is_replaced_in_its_place(self, world: World, desk: Desk) -> None:
        kept = await library(world, desk).save("Monthly", self.CONTENT)
        await library(world, desk).save("Quarterly", self.CONTENT | {"subject": "New"}, kept.id)
        assert await saved(world, desk) == [("Quarterly", "New")]

    async def test_what_is_gone_is_no_mistake(self, world: World, desk: Desk) -> None:
        kept = await library(world, desk).save("Monthly", self.CONTENT)
        for _ in range(2):
            await library(world, desk).delete(kept.id)
        assert await saved(world, desk) == []

    async def test_offline_is_said_in_words(self, world: World, desk: Desk) -> None:
        desk.line.down = True
        with pytest.raises(OfflineError):
            await library(world, desk).list()

    async def test_more_than_a_page(self, world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sync.library.PAGE", 2)
        for name in "abcde":
            await library(world, desk).save(name, self.CONTENT)
        assert [row.name for row in await library(world, desk).list()] == list("abcde")


async def test_versions_are_listed_and_shown(world: World, desk: Desk) -> None:
    id = await desk.create(mail("first"))
    await desk.sync()
    await world.clock.advance(11 * 60)
    await desk.write(id, mail("second"))
    await desk.sync()
    versions = RemoteVersions(_Connected(desk, world.clock).workspace())
    [info] = (await versions.list(id, None)).versions
    assert info.saved_by is not None
    shown = await versions.show(info.id)
    assert shown.content_json["blocks"][0]["text"] == "first"


async def test_an_approval_goes_to_the_synced_content(world: World, desk: Desk) -> None:
    await desk.api.call("PATCH", "/api/org", body={"needsApproval": True})
    made: dict[str, Any] = (
        await desk.api.call("POST", "/api/segments", body={"name": "All", "dslJson": {"all": []}})
    ).body
    id = await desk.create(mail("Hi") | {"segmentId": made["segment"]["id"]})
    await desk.sync()

    class Status:
        async def wait_mailable(self, *_: Any) -> Any:
            return desk.draft(id)

    sending = RemoteSending(_Connected(desk, world.clock).workspace(), cast(Any, Status()))
    assert (await sending.approval(id)).required
    funnel = await sending.funnel(id)
    with pytest.raises(RefusedError):
        await sending.approve(id, "of other people")
    approval = await sending.approve(id, funnel.audience_hash)
    assert approval.stands
    assert approval.approved_by is not None


async def test_how_many_of_an_audience_lack_a_field(world: World, desk: Desk) -> None:
    call = desk.api.call
    await call("POST", "/api/fields", body={"key": "city", "type": "text", "label": "City"})
    for name, fields in (("ann", {"city": "Oslo"}), ("bo", {}), ("cy", {}), ("dee", {})):
        await call("POST", "/api/contacts", body={"email": f"{name}@example.com", "fields": fields})
    node = {"not": {"field": "email", "op": "startsWith", "value": "dee"}}
    made = (await call("POST", "/api/segments", body={"name": "Most", "dslJson": node})).body
    audience = RemoteAudience(_Connected(desk, world.clock).workspace())
    shares = await audience.lacking(made["segment"]["id"], ["city", "name", "email"])
    assert shares == {"city": 2 / 3, "name": 1.0, "email": 0.0}
