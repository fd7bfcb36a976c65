"""Who gets a mail is whom the segment means here, not whom it meant at the server a moment ago."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from localstore.member_ops import EXCLUDE, INCLUDE, MemberOps
from localstore.records import DocKind
from sync.errors import ServiceError
from sync.member_push import MemberPush
from sync.services import RemoteSending
from tests.sync.conftest import CAMPAIGN, mail
from tests.sync.test_accounts import line, signs_in, window  # noqa: F401 - a fixture
from tests.sync.test_editing import until

SEGMENT = DocKind.SEGMENT
SUBSCRIBED = {"field": "status", "op": "eq", "value": "subscribed"}
UNKNOWN = {"field": "shoe_size", "op": "eq", "value": "38"}


async def narrow(drafts, id: str, node) -> None:
    editing = await drafts.edit(SEGMENT, id)
    await editing.change(editing.draft.content | {"dslJson": node})
    await editing.close()


@pytest.fixture
async def shop(line, tmp_path):  # noqa: F811 - the fixture
    """A campaign to everyone, at the server."""
    from sync.secrets import MemorySecrets

    async with window(tmp_path / "data", MemorySecrets()) as (workspace, drafts, status):
        await signs_in(status, workspace, "ben")
        segment = await drafts.create(SEGMENT, {"name": "Pro", "dslJson": {"all": []}})
        campaign = await drafts.create(CAMPAIGN, mail("hello") | {"segmentId": segment})
        await status.wait_mailable(CAMPAIGN, campaign)
        yield workspace, drafts, status, RemoteSending(workspace, status), segment, campaign


async def test_a_filter_that_was_just_changed_is_at_the_server_before_anyone_is_counted(shop):
    workspace, drafts, _, sending, segment, campaign = shop
    await narrow(drafts, segment, SUBSCRIBED)
    await sending.funnel(campaign)
    there = (await workspace.api().call("GET", f"/api/segments/{segment}")).body["segment"]
    assert there["dslJson"] == SUBSCRIBED


async def test_nobody_is_mailed_by_what_a_refused_filter_meant_before(shop):
    _, drafts, _, sending, segment, campaign = shop
    funnel = await sending.funnel(campaign)
    await narrow(drafts, segment, UNKNOWN)
    await until(lambda: drafts.get(SEGMENT, segment).state.hold is not None)
    with pytest.raises(ServiceError, match="Settle the segment “Pro” first"):
        await sending.funnel(campaign)
    with pytest.raises(ServiceError, match="Settle the segment “Pro” first"):
        await sending.send(campaign, at=None, undo_seconds=0, audience_hash=funnel.audience_hash)


async def test_a_segment_that_was_deleted_here_is_named(shop):
    _, drafts, _, sending, segment, campaign = shop
    await drafts.delete(SEGMENT, segment)
    with pytest.raises(ServiceError, match="The segment “Pro” was deleted"):
        await sending.funnel(campaign)


@contextmanager
def held_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """Who was taken in or out by hand comes to the server after the event, as on a slow line."""
    going, push = asyncio.Event(), MemberPush.push

    async def late(self: MemberPush) -> None:
        await going.wait()
        await push(self)

    monkeypatch.setattr(MemberPush, "push", late)
    try:
        yield going
    finally:
        going.set()  # a window waits for it before it closes


async def test_whoever_was_just_taken_out_is_not_counted(shop, monkeypatch):
    workspace, _, _, sending, segment, campaign = shop
    ids = [
        (await workspace.api().call("POST", "/api/contacts", body={"email": email})).body["contact"]["id"]
        for email in ("ana@x.example", "bo@x.example")
    ]
    with held_back(monkeypatch) as going:
        await MemberOps(await workspace.store()).put(segment, ids[:1], EXCLUDE)
        asking = asyncio.create_task(sending.funnel(campaign))
        await asyncio.wait([asking], timeout=0.5)
        assert not asking.done()
        going.set()
        await asking
    there = (await workspace.api().call("GET", f"/api/segments/{segment}")).body["members"]
    assert "ana@x.example" not in [member["email"] for member in there]


async def test_a_decision_about_members_that_the_server_refused_is_named(shop, monkeypatch):
    workspace, _, _, sending, segment, campaign = shop
    ops = MemberOps(await workspace.store())
    with held_back(monkeypatch):
        await ops.put(segment, ["4711"], INCLUDE)
        await ops.refuse(await ops.waiting(), "This contact is not there.")
        with pytest.raises(ServiceError, match="in or out of “Pro” was refused: This contact"):
            await sending.funnel(campaign)


async def test_a_correction_that_the_server_refused_is_not_passed_over_when_it_goes_on(shop):
    _, drafts, _, sending, _, campaign = shop
    editing = await drafts.edit(CAMPAIGN, campaign)
    await editing.change(editing.draft.content | {"name": "x" * 300})
    await editing.close()
    await until(lambda: drafts.get(CAMPAIGN, campaign).state.hold is not None)
    with pytest.raises(ServiceError, match="Settle this first"):
        await sending.act(campaign, "resume")
