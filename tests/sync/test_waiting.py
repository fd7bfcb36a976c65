"""Documents that wait for a person: why each does, what it can become, and that others go on."""

import pytest

from localstore.decisions import Decisions
from localstore.records import DocKind, Hold
from sync.push import Outcome
from tests.sync.conftest import CAMPAIGN, Desk, World, mail

FRESH = "018f0000-0000-7000-8000-0000000000cc"
SEGMENT = "018f0000-0000-7000-8000-0000000000aa"


async def two(world: World) -> tuple[Desk, Desk, str]:
    ana, ben = await world.desk(), await world.desk()
    id = await ana.create(mail("base"))
    await ana.push_all()
    await ben.pull.pull()
    return ana, ben, id


async def schedule(world: World, desk: Desk, id: str) -> None:
    """Somebody schedules it while another edits."""
    created = await desk.api.call("POST", "/api/segments", body={"name": "All", "dslJson": {"all": []}})
    await desk.api.call("PATCH", f"/api/campaigns/{id}", body={"segmentId": created.body["segment"]["id"]})
    moment = "2027-01-01T09:00:00.000000Z"
    await desk.api.call("PATCH", f"/api/campaigns/{id}", body={"status": "SCHEDULED", "sendAt": moment})


def no_footer_needed(*texts: str):
    content = mail(*texts)
    content["contentJson"]["blocks"].append(
        {"id": "foot", "type": "footer", "address": "Shop, 1 Road", "unsubscribe": "Unsubscribe"}
    )
    return content


class TestLocked:
    async def waiting(self, world: World) -> tuple[Desk, Desk, str]:
        ana, ben = await world.desk(), await world.desk()
        id = await ana.create(no_footer_needed("base"))
        await ana.push_all()
        await ben.pull.pull()
        await ben.write(id, no_footer_needed("too late"))
        await schedule(world, ana, id)
        await ben.push_all()
        return ana, ben, id

    async def test_what_was_scheduled_meanwhile_is_not_changed_and_nothing_is_lost(self, world):
        _, ben, id = await self.waiting(world)
        assert ben.draft(id).state.hold is Hold.LOCKED
        assert "scheduled" in ben.draft(id).state.detail
        assert ben.draft(id).facts["status"] == "SCHEDULED"
        assert ben.texts(id)[0] == "too late"
        assert (await world.on_server(ben, id))["contentJson"]["blocks"][0]["text"] == "base"

    async def test_it_can_be_kept_as_a_copy(self, world):
        _, ben, id = await self.waiting(world)
        await Decisions(ben.store).settle(CAMPAIGN, id, "both", FRESH)
        await ben.sync()
        assert ben.draft(id).state.hold is None
        assert (await world.on_server(ben, FRESH))["contentJson"]["blocks"][0]["text"] == "too late"
        assert (await world.on_server(ben, FRESH))["sendAt"] is None


class TestGone:
    async def test_it_can_become_a_new_document(self, world):
        ana, ben, id = await two(world)
        await ben.write(id, mail("precious"))
        await ana.store.remove(CAMPAIGN, id, undo_seconds=0)
        await ana.push_all()
        assert await ben.push.push(CAMPAIGN, id) is Outcome.HELD
        assert ben.draft(id).state.hold is Hold.GONE
        await Decisions(ben.store).settle(CAMPAIGN, id, "mine", FRESH)
        await ben.sync()
        assert (await world.on_server(ben, FRESH))["contentJson"]["blocks"][0]["text"] == "precious"

    async def test_discarded_words_stay_in_the_history(self, world):
        ana, ben, id = await two(world)
        await ben.write(id, mail("precious"))
        await ana.store.remove(CAMPAIGN, id, undo_seconds=0)
        await ana.push_all()
        await ben.pull.pull()
        await Decisions(ben.store).settle(CAMPAIGN, id, "theirs", FRESH)
        assert ben.peek.get(CAMPAIGN, id) is None
        kept = ben.peek.kept()[0]
        assert kept.content["contentJson"]["blocks"][0]["text"] == "precious"
        assert await Decisions(ben.store).bring_back(kept.n, FRESH) == (CAMPAIGN, FRESH)
        assert ben.texts(FRESH) == ["precious"]


class TestDeletedHereAndEditedThere:
    async def test_the_person_is_asked(self, world):
        ana, ben, id = await two(world)
        await ana.write(id, mail("newer"))
        await ana.push_all()
        await ben.store.remove(CAMPAIGN, id, undo_seconds=0)
        await ben.push_all()
        assert ben.draft(id).state.hold is Hold.CONFLICT
        await Decisions(ben.store).settle(CAMPAIGN, id, "theirs", FRESH)
        assert ben.texts(id) == ["newer"]
        assert not ben.draft(id).state.dirty


class TestForbidden:
    async def test_a_deletion_that_is_not_allowed_brings_it_back_with_the_reason(self, world, monkeypatch):
        from contract.roles import Role

        _, ben, id = await two(world)
        monkeypatch.setattr(Role, "may_delete", property(lambda _: False))
        await ben.store.remove(CAMPAIGN, id, undo_seconds=0)
        await ben.push_all()
        assert ben.texts(id) == ["base"]
        assert (ben.draft(id).state.hold, ben.draft(id).state.dirty) == (Hold.FORBIDDEN, False)
        assert "owners" in ben.draft(id).state.detail


class TestParent:
    async def test_a_campaign_waits_for_its_segment_says_so_and_follows_it(self, world):
        desk = await world.desk()
        await desk.store.create(DocKind.SEGMENT, SEGMENT, {"name": "", "dslJson": {"all": []}})
        id = await desk.create(mail("a") | {"segmentId": SEGMENT})
        await desk.push.push(CAMPAIGN, id)
        assert desk.draft(id).state.hold is Hold.NEEDS_PARENT
        assert not desk.draft(id).state.asks
        await desk.push_all()
        assert desk.draft(SEGMENT, DocKind.SEGMENT).state.hold is Hold.REJECTED
        row = await desk.store.row(DocKind.SEGMENT, SEGMENT)
        await desk.store.save(DocKind.SEGMENT, SEGMENT, {"name": "All", "dslJson": {"all": []}}, row.mine_seq)
        await desk.push_all()
        assert not desk.draft(id).state.dirty

    async def test_a_segment_that_is_given_up_releases_it(self, world):
        desk = await world.desk()
        await desk.store.create(DocKind.SEGMENT, SEGMENT, {"name": "All", "dslJson": {"all": []}})
        id = await desk.create(mail("a") | {"segmentId": SEGMENT})
        await desk.push.push(CAMPAIGN, id)
        await desk.store.remove(DocKind.SEGMENT, SEGMENT, undo_seconds=0)
        await desk.push_all()
        assert desk.draft(id).state.hold is not Hold.NEEDS_PARENT


class TestForgottenKey:
    async def test_our_own_creation_is_recognised(self, world):
        desk = await world.desk()
        id = await desk.create(mail("mine"))
        desk.line.fault = "answer lost"
        await desk.push.push(CAMPAIGN, id)
        row = await desk.store.row(CAMPAIGN, id)
        async with desk.store.writing() as connection:
            await connection.exec_driver_sql(f"UPDATE doc SET flight_op = '{FRESH}'")
        assert row.flight is not None
        await desk.push_all()
        assert (desk.draft(id).state.hold, desk.draft(id).state.dirty) == (None, False)

    async def test_another_document_under_the_same_id_is_a_question(self, world):
        ana, ben = await world.desk(), await world.desk()
        id = await ana.create(mail("of ana"))
        await ana.push_all()
        await ben.store.create(CAMPAIGN, id, mail("of ben"))
        await ben.push_all()
        assert ben.draft(id).state.hold is Hold.CONFLICT
        assert ben.peek.dispute(CAMPAIGN, id).base is None
        assert ben.texts(id) == ["of ben"]


class TestStrangeAnswers:
    @pytest.mark.parametrize("body", [b"{}", b"[]", b'{"campaign": {}}', b"<html>Sign in to the WiFi</html>"])
    async def test_an_answer_that_is_not_ours_settles_nothing(self, world, body):
        import httpx

        desk = await world.desk()
        id = await desk.create(mail("x"))
        inner = desk.line.inner

        class Portal(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                return httpx.Response(200, content=body)

        desk.line.inner = Portal()
        assert await desk.push.push(CAMPAIGN, id) is Outcome.OFFLINE
        desk.line.inner = inner
        await desk.push_all()
        assert not desk.draft(id).state.dirty
        await desk.store.remove(CAMPAIGN, id, undo_seconds=0)
        desk.line.inner = Portal()
        assert await desk.push.push(CAMPAIGN, id) is Outcome.OFFLINE
        desk.line.inner = inner
        await desk.push_all()
        assert desk.peek.get(CAMPAIGN, id) is None

    async def test_words_typed_while_a_refusal_is_merged_are_not_lost(self, world, monkeypatch):
        """The merge was made of older words: it must not take the place of newer ones."""
        import sync.refusals

        ana, ben, id = await two(world)
        await ana.write(id, mail("base", "from ana"))
        await ana.push_all()
        await ben.write(id, mail("base") | {"name": "ben 1"})
        merge = sync.refusals.merge
        typed = []

        def slow(*sides):
            typed.append(sides)
            return merge(*sides)

        monkeypatch.setattr(sync.refusals, "merge", slow)
        rebase = ben.push._outbox.rebase

        async def late(row, op, seen_seq, **rest):
            if len(typed) == 1:
                await ben.write(id, mail("base") | {"name": "ben 2"})
            return await rebase(row, op, seen_seq, **rest)

        monkeypatch.setattr(ben.push._outbox, "rebase", late)
        await ben.push_all()
        on_server = await world.on_server(ben, id)
        assert on_server["name"] == "ben 2"
        assert [b["text"] for b in on_server["contentJson"]["blocks"]] == ["base", "from ana"]
