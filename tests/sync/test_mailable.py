"""Who gets a mail is whom the segment means here, not whom it meant at the server a moment ago."""

import pytest

from localstore.records import DocKind
from sync.errors import ServiceError
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
