"""What others wrote, a server that lost its memory, and deletions that may be a mistake."""

import pytest
from sqlalchemy import delete, select, update

from backend.db.models.feed import FeedEntry, OrgFeed
from localstore.decisions import Decisions
from localstore.inbox import MassDeletionError
from localstore.records import Hold
from sync.push import Outcome
from tests.sync.conftest import CAMPAIGN, Desk, World, mail

FRESH = "018f0000-0000-7000-8000-0000000000dd"


async def two(world: World) -> tuple[Desk, Desk, str]:
    ana, ben = await world.desk(), await world.desk()
    id = await ana.create(mail("base"))
    await ana.push_all()
    await ana.pull.pull()
    await ben.pull.pull()
    return ana, ben, id


class TestWitness:
    async def test_it_moves_with_our_own_writes_and_never_back(self, world):
        ana, _, id = await two(world)
        await ana.write(id, mail("newer"))
        await ana.push_all()
        newest = ana.api.witness
        assert (await ana.store.meta())["witness"] == newest
        older = (await ana.store.meta())["cursor"]
        assert older != newest
        ana.api.saw(older)
        assert ana.api.witness == newest

    async def test_it_is_shown_from_the_first_request_after_a_start(self, world):
        """A restored server must not take a write from a client that has just been started."""
        ana, _, id = await two(world)
        copy = world.back_up()
        await ana.write(id, mail("on the server before the restore"))
        await ana.push_all()
        world.restore(copy)
        again = await reopened(world, ana)
        await again.write(id, mail("typed after the start"))
        assert await again.push.push(CAMPAIGN, id) is Outcome.RESYNC


async def reopened(world: World, desk: Desk) -> Desk:
    """The same file and session in a fresh program."""
    from random import Random

    from localstore.store import Store
    from sync.api import Api
    from sync.pull import Pull
    from sync.push import Push

    api = Api(desk.line, "http://handbill")
    api._access, api._refresh = desk.api._access, desk.api._refresh
    await desk.store.close()
    desk.store, desk.api = Store(desk.path, world.clock), api
    desk.push, desk.pull = Push(desk.store, api, world.clock, Random(1)), Pull(desk.store, api)
    await desk.pull.remember_place()
    return desk


class TestRestoredServer:
    async def test_newer_drafts_here_are_offered_back_and_nothing_is_overwritten(self, world):
        ana, ben, id = await two(world)
        copy = world.back_up()
        await ana.write(id, mail("newer"))
        await ana.push_all()
        made = await ana.create(mail("made after the backup"))
        await ana.push_all()
        world.restore(copy)
        await ana.pull.pull()
        assert [ana.draft(i).state.hold for i in (id, made)] == [Hold.REWOUND, Hold.REWOUND]
        assert ana.texts(id) == ["newer"]
        for i in (id, made):
            await Decisions(ana.store).settle(CAMPAIGN, i, "mine", FRESH)
        await ana.sync()
        assert (await world.on_server(ana, id))["contentJson"]["blocks"][0]["text"] == "newer"
        assert (await world.on_server(ana, made))["contentJson"]["blocks"][0]["text"] == (
            "made after the backup"
        )
        await ben.pull.pull()
        assert ben.texts(id) == ["newer"]

    async def test_what_is_the_same_there_is_not_asked_about(self, world):
        ana, _, id = await two(world)
        other = await ana.create(mail("other"))
        await ana.push_all()
        copy = world.back_up()
        await ana.write(other, mail("newer"))
        await ana.push_all()
        world.restore(copy)
        await ana.pull.pull()
        assert ana.draft(id).state.hold is None
        assert ana.draft(other).state.hold is Hold.REWOUND

    async def test_the_servers_state_can_be_taken_and_the_newer_text_stays_in_the_history(self, world):
        ana, _, id = await two(world)
        copy = world.back_up()
        await ana.write(id, mail("newer"))
        await ana.push_all()
        world.restore(copy)
        await ana.pull.pull()
        await Decisions(ana.store).settle(CAMPAIGN, id, "theirs", FRESH)
        await ana.sync()
        assert ana.texts(id) == ["base"]
        assert any(
            kept.content["contentJson"]["blocks"][0]["text"] == "newer"
            for kept in ana.peek.kept(CAMPAIGN, id)
        )

    async def test_words_that_were_on_the_way_are_kept(self, world):
        ana, _, id = await two(world)
        await ana.write(id, mail("first"))
        await ana.push_all()
        copy_of_older = world.back_up()
        await ana.write(id, mail("second"))
        await ana.push_all()
        world.restore(copy_of_older)
        await ana.write(id, mail("third"))
        assert await ana.push.push(CAMPAIGN, id) is Outcome.RESYNC
        await ana.pull.pull()
        assert ana.draft(id).state.hold is Hold.REWOUND
        assert ana.texts(id) == ["third"]

    async def test_two_people_who_both_bring_it_back_do_not_conflict(self, world):
        ana, ben, id = await two(world)
        copy = world.back_up()
        await ana.write(id, mail("newer"))
        await ana.push_all()
        await ben.pull.pull()
        world.restore(copy)
        for desk in (ana, ben):
            await desk.pull.pull()
            await Decisions(desk.store).settle(CAMPAIGN, id, "mine", FRESH)
        for desk in (ana, ben):
            await desk.sync()
        assert [desk.draft(id).state.hold for desk in (ana, ben)] == [None, None]
        assert (await world.on_server(ana, id))["contentJson"]["blocks"][0]["text"] == "newer"


async def forget_the_feed(world: World, doc_id: str) -> None:
    """Half a year passes: tombstones and superseded entries are dropped."""
    async with world.app.state.parts.database.writer(world.org[0]) as session:
        last = await session.scalar(select(OrgFeed.seq))
        await session.execute(delete(FeedEntry).where(FeedEntry.doc_id == doc_id))
        await session.execute(update(OrgFeed).values(pruned_through=last))


class TestWeeksAway:
    async def away(self, world: World) -> tuple[Desk, Desk, str, str]:
        ana, ben, id = await two(world)
        kept = await ana.create(mail("kept"))
        await ana.push_all()
        await ben.pull.pull()
        await ana.store.remove(CAMPAIGN, id, undo_seconds=0)
        await ana.push_all()
        await ana.write(kept, mail("newer"))
        await ana.push_all()
        await forget_the_feed(world, id)
        async with world.app.state.parts.database.writer(world.org[0]) as session:
            seq = int((await ben.store.meta())["cursor"].split(".")[0])
            await session.execute(delete(FeedEntry).where(FeedEntry.seq <= seq))
        return ana, ben, id, kept

    async def test_everything_is_read_anew_and_what_is_gone_goes(self, world):
        _, ben, id, kept = await self.away(world)
        await ben.pull.pull()
        assert ben.peek.get(CAMPAIGN, id) is None
        assert ben.texts(kept) == ["newer"]
        assert ben.peek.kept(CAMPAIGN, id)

    async def test_what_was_typed_meanwhile_asks(self, world):
        _, ben, id, kept = await self.away(world)
        await ben.write(id, mail("weeks of work"))
        await ben.write(kept, mail("kept", "one more"))
        await ben.sync()
        assert ben.draft(id).state.hold is Hold.GONE
        assert ben.texts(kept) == ["newer", "one more"]


class TestMassDeletion:
    async def wiped(self, world: World, count: int = 8) -> tuple[Desk, list[str]]:
        ana, ben = await world.desk(), await world.desk()
        ids = [await ana.create(mail(str(n))) for n in range(count)]
        await ana.push_all()
        await ben.pull.pull()
        for id in ids[:-1]:
            await ana.store.remove(CAMPAIGN, id, undo_seconds=0)
        await ana.push_all()
        return ben, ids

    async def test_it_stops_and_asks(self, world):
        ben, ids = await self.wiped(world)
        with pytest.raises(MassDeletionError, match="7 of 8"):
            await ben.pull.pull()
        assert len(ben.peek.documents(CAMPAIGN)) == 8
        assert (ben.peek.mass_deletion().doomed, ben.peek.mass_deletion().total) == (7, 8)
        await ben.write(ids[-1], mail("goes on"))
        await ben.push_all()
        assert not ben.draft(ids[-1]).state.dirty

    async def test_when_it_is_meant_they_go_and_stay_in_the_history(self, world):
        ben, ids = await self.wiped(world)
        with pytest.raises(MassDeletionError):
            await ben.pull.pull()
        await ben.store.set_meta(deletions="allow")
        await ben.pull.pull()
        assert [doc.id for doc in ben.peek.documents(CAMPAIGN)] == [ids[-1]]
        assert len(ben.peek.kept()) == 7
        assert ben.peek.mass_deletion() is None

    async def test_when_it_is_a_mistake_each_can_be_made_again(self, world):
        ben, ids = await self.wiped(world)
        with pytest.raises(MassDeletionError):
            await ben.pull.pull()
        await ben.store.set_meta(deletions="keep")
        await ben.pull.pull()
        assert {ben.draft(id).state.hold for id in ids[:-1]} == {Hold.GONE}

    async def test_a_few_are_nothing_special(self, world):
        ben, ids = await self.wiped(world, 6)
        await ben.pull.pull()
        assert [doc.id for doc in ben.peek.documents(CAMPAIGN)] == [ids[-1]]

    async def test_small_batches_do_not_get_around_it(self, world, monkeypatch):
        monkeypatch.setattr("sync.pull.BATCH", 2)
        ben, _ = await self.wiped(world, 10)
        with pytest.raises(MassDeletionError):
            await ben.pull.pull()
        assert len(ben.peek.documents(CAMPAIGN)) >= 5
