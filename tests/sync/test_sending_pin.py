"""What goes out is what was reviewed: a text that changed since is not sent."""

import pytest

from sync.errors import ServiceError
from sync.services import RemoteSending
from tests.sync.conftest import CAMPAIGN, Desk, mail
from tests.sync.test_pull import two


class Reviewing:
    """As much of a workspace as sending asks for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.clock = desk.store.clock

    def api(self):
        return self._desk.api

    async def store(self):
        return self._desk.store

    def hurry(self) -> None:
        return None


class Synced:
    async def wait_mailable(self, kind, id):
        return None


async def test_a_colleagues_change_after_the_review_stops_the_sending(world):
    ana, ben, id = await two(world)
    sending = RemoteSending(Reviewing(ben), Synced())
    created = await ana.api.call("POST", "/api/segments", body={"name": "All", "dslJson": {"all": []}})
    await ana.write(id, mail("base") | {"segmentId": created.body["segment"]["id"]})
    await ana.push_all()
    await ben.pull.pull()
    await sending.funnel(id)
    await ana.write(id, ana.draft(id).content | {"name": "Changed after the review"})
    await ana.push_all()
    await ben.pull.pull()
    with pytest.raises(ServiceError, match="changed since you reviewed it"):
        await sending.send(id, at=None, undo_seconds=0, audience_hash=None)
    assert (await world.on_server(ben, id))["status"] == "DRAFT"
    assert ben.draft(id, CAMPAIGN).content["name"] == "Changed after the review"


async def test_what_was_taken_back_is_sent_again_without_another_look(world):
    ana, _, id = await two(world)
    sending = RemoteSending(Reviewing(ana), Synced())
    created = await ana.api.call("POST", "/api/segments", body={"name": "All", "dslJson": {"all": []}})
    whole = mail("base") | {"segmentId": created.body["segment"]["id"]}
    whole["contentJson"]["blocks"].append({"id": "foot", "type": "footer", "address": "1 High Street"})
    await ana.write(id, whole)
    await ana.push_all()
    await sending.funnel(id)
    for _ in range(2):
        scheduled = await sending.send(id, at=None, undo_seconds=10, audience_hash=None)
        assert scheduled.status == "SCHEDULED"
        await ana.pull.pull()
        assert (await sending.act(id, "unschedule")).status == "DRAFT"
        await ana.pull.pull()
