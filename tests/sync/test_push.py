"""One document on its way to the real server, whatever the line does."""

import pytest

from contract.problems import MissingError
from localstore.decisions import Decisions
from localstore.records import Hold
from sync.push import Outcome
from tests.sync.conftest import CAMPAIGN, mail


class TestReachingTheServer:
    async def test_a_new_draft_is_created_and_then_clean(self, world):
        desk = await world.desk()
        id = await desk.create(mail("Hi"))
        assert await desk.push.push(CAMPAIGN, id) is Outcome.DONE
        assert not desk.draft(id).state.dirty
        assert (await world.on_server(desk, id))["contentJson"]["blocks"][0]["text"] == "Hi"

    async def test_words_typed_during_the_flight_stay_dirty_and_follow(self, world):
        desk = await world.desk()
        id = await desk.create(mail("one"))
        desk.line.fault = "answer lost"
        await desk.push.push(CAMPAIGN, id)
        await desk.write(id, mail("one two"))
        assert await desk.push.push(CAMPAIGN, id) is Outcome.AGAIN
        assert desk.draft(id).state.dirty
        await desk.push_all()
        assert (await world.on_server(desk, id))["contentJson"]["blocks"][0]["text"] == "one two"

    async def test_a_deletion_reaches_the_server(self, world):
        desk = await world.desk()
        id = await desk.create(mail("Hi"))
        await desk.push_all()
        await desk.store.remove(CAMPAIGN, id, undo_seconds=0)
        await desk.push_all()
        with pytest.raises(MissingError):
            await world.on_server(desk, id)
        assert desk.peek.get(CAMPAIGN, id) is None

    async def test_one_never_pushed_and_deleted_is_just_forgotten(self, world):
        desk = await world.desk()
        id = await desk.create(mail("Hi"))
        await desk.store.remove(CAMPAIGN, id, undo_seconds=0)
        await desk.push_all()
        assert desk.line.log == []
        assert desk.peek.get(CAMPAIGN, id) is None


class TestFaults:
    @pytest.mark.parametrize("fault", ["request lost", "answer lost", "answer cut"])
    async def test_a_retry_sends_the_same_bytes_and_one_writer_never_conflicts(self, world, fault):
        desk = await world.desk()
        id = await desk.create(mail("one"))
        await desk.push_all()
        await desk.write(id, mail("two"))
        desk.line.fault = fault
        assert await desk.push.push(CAMPAIGN, id) is Outcome.OFFLINE
        await desk.write(id, mail("three"))
        first = (await desk.store.row(CAMPAIGN, id)).flight
        await desk.push_all()
        assert desk.line.bodies[-2].decode() == first.body
        assert desk.draft(id).state.hold is None
        assert (await world.on_server(desk, id))["contentJson"]["blocks"][0]["text"] == "three"

    async def test_a_refused_connection_waits_and_says_so(self, world):
        desk = await world.desk()
        id = await desk.create(mail("one"))
        desk.line.down = True
        assert await desk.push.push(CAMPAIGN, id) is Outcome.OFFLINE
        state = desk.draft(id).state
        assert state.attempts == 1
        assert state.last_error
        row = await desk.store.row(CAMPAIGN, id)
        assert row.next_attempt_at >= world.clock.now().timestamp()

    async def test_a_refused_document_waits_for_its_person_and_others_go_on(self, world):
        desk = await world.desk()
        bad = await desk.create(mail("x") | {"name": ""})
        good = await desk.create(mail("fine"))
        await desk.push_all()
        assert desk.draft(bad).state.hold is Hold.REJECTED
        assert "name" in desk.draft(bad).state.detail
        assert not desk.draft(good).state.dirty
        await desk.write(bad, mail("x"))
        await desk.push_all()
        assert not desk.draft(bad).state.dirty


class TestTwoPeople:
    async def two(self, world):
        ana, ben = await world.desk(), await world.desk()
        id = await ana.create(mail("base"))
        await ana.push_all()
        await ben.pull.pull()
        return ana, ben, id

    async def test_different_parts_are_merged_without_asking(self, world):
        ana, ben, id = await self.two(world)
        await ana.write(id, mail("from ana"))
        await ben.write(id, mail("base") | {"name": "Ben's name"})
        await ana.push_all()
        await ben.push_all()
        row = await world.on_server(ben, id)
        assert (row["name"], row["contentJson"]["blocks"][0]["text"]) == ("Ben's name", "from ana")

    async def test_the_same_part_is_held_and_nothing_is_overwritten(self, world):
        ana, ben, id = await self.two(world)
        await ana.write(id, mail("from ana"))
        await ben.write(id, mail("from ben"))
        await ana.push_all()
        await ben.push_all()
        assert ben.draft(id).state.hold is Hold.CONFLICT
        assert ben.texts(id) == ["from ben"]
        assert (await world.on_server(ben, id))["contentJson"]["blocks"][0]["text"] == "from ana"

    @pytest.mark.parametrize(
        ("choice", "server", "here"), [("mine", "from ben", "from ben"), ("theirs", "from ana", "from ana")]
    )
    async def test_the_person_decides(self, world, choice, server, here):
        ana, ben, id = await self.two(world)
        await ana.write(id, mail("from ana"))
        await ben.write(id, mail("from ben"))
        await ana.push_all()
        await ben.push_all()
        await Decisions(ben.store).settle(CAMPAIGN, id, choice, "unused")
        await ben.push_all()
        assert ben.texts(id) == [here]
        assert (await world.on_server(ben, id))["contentJson"]["blocks"][0]["text"] == server

    async def test_both_are_kept_when_asked(self, world):
        ana, ben, id = await self.two(world)
        await ana.write(id, mail("from ana"))
        await ben.write(id, mail("from ben"))
        await ana.push_all()
        await ben.push_all()
        copy = "018f0000-0000-7000-8000-000000000001"
        await Decisions(ben.store).settle(CAMPAIGN, id, "both", copy)
        await ben.push_all()
        assert (await world.on_server(ben, id))["contentJson"]["blocks"][0]["text"] == "from ana"
        assert (await world.on_server(ben, copy))["contentJson"]["blocks"][0]["text"] == "from ben"

    async def test_a_remote_deletion_never_deletes_what_was_typed(self, world):
        ana, ben, id = await self.two(world)
        await ben.write(id, mail("from ben"))
        await ana.store.remove(CAMPAIGN, id, undo_seconds=0)
        await ana.push_all()
        await ben.pull.pull()
        assert ben.draft(id).state.hold is Hold.GONE
        assert ben.texts(id) == ["from ben"]

    async def test_a_clean_copy_follows_the_server(self, world):
        ana, ben, id = await self.two(world)
        await ana.write(id, mail("newer"))
        await ana.push_all()
        assert await ben.pull.pull()
        assert ben.texts(id) == ["newer"]


class TestBorders:
    async def test_another_organisation_sees_nothing_of_it(self, world):
        ana = await world.desk()
        await ana.create(mail("secret"))
        await ana.push_all()
        other = await world.desk(await world.open("eve"))
        await other.pull.pull()
        assert other.peek.documents(CAMPAIGN) == []
