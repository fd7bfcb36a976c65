"""Undo after a restart: one's own steps are there again, and no step leads behind another person's words."""

import random

import pytest

from localstore.decisions import Decisions
from localstore.locks import draft_lock
from localstore.schema import prepare
from localstore.store import StaleEditError, Store
from localstore.undo_line import NO_LINE, STEPS_KEPT, UndoMove, left
from localstore.undo_rows import LINES_KEPT
from sync.editing import OpenDraft, open_draft
from tests.sync.conftest import CAMPAIGN, Desk, World, mail
from tui.editing.history import History


class Writer:
    """Somebody at a desk with a draft open; leaving and opening it again is a restart."""

    def __init__(self, world: World, desk: Desk, id: str) -> None:
        self.world, self.desk, self.id = world, desk, id
        self.editing: OpenDraft | None = None
        self.history = History(world.clock, {})

    async def opens(self) -> "Writer":
        self.editing = await open_draft(
            self.desk.draft(self.id),
            store=self.desk.store,
            lock=draft_lock(self.desk.path, CAMPAIGN, self.id),
            clock=self.world.clock,
            saved=lambda key: None,
            told=lambda: None,
            read=self.desk.peek.get,
        )
        self.history.restart(self.editing.draft.content, self.editing.undo_line)
        return self

    async def restarts(self) -> None:
        await self.editing.close()
        await self.opens()

    async def types(self, *texts: str) -> None:
        self.history.put(mail(*texts))
        await self._store()

    async def undoes(self) -> None:
        assert self.history.undo()
        await self._store()

    async def redoes(self) -> None:
        assert self.history.redo()
        await self._store()

    async def _store(self) -> None:
        await self.editing.change(self.history.content, self.history.taken_move())


@pytest.fixture
async def pair(world):
    """Two desks of one organisation with the same synced mail, the first one's opened."""
    here, there = await world.desk(), await world.desk()
    id = await here.create(mail("one", "two"))
    await here.sync()
    await there.sync()
    return await Writer(world, here, id).opens(), there


class TestAfterARestart:
    async def test_every_step_can_be_taken_back_and_made_again(self, pair):
        writer, _ = pair
        for text in ("a", "ab", "abc"):
            await writer.types(text, "two")
        await writer.restarts()
        await writer.undoes()
        await writer.undoes()
        await writer.restarts()
        await writer.redoes()
        await writer.restarts()
        assert writer.desk.texts(writer.id) == ["ab", "two"]
        await writer.undoes()
        await writer.undoes()
        await writer.restarts()
        assert writer.desk.texts(writer.id) == ["one", "two"]
        assert not writer.history.can_undo

    async def test_pushing_it_changes_nothing(self, pair):
        writer, there = pair
        await writer.types("a", "two")
        await writer.desk.sync()
        await writer.restarts()
        await writer.undoes()
        await writer.editing.flush()
        await writer.desk.sync()
        await there.sync()
        assert there.texts(writer.id) == ["one", "two"]

    async def test_steps_that_wait_for_their_slot_go_with_the_last_key(self, pair):
        writer, _ = pair
        await writer.types("a", "two")
        await writer.types("b", "two")
        await writer.types("c", "two")
        assert writer.editing.typing
        await writer.restarts()
        await writer.undoes()
        assert writer.history.content == mail("b", "two")


class TestOthers:
    async def test_words_that_were_pulled_cannot_be_undone(self, pair):
        writer, there = pair
        await writer.types("mine", "two")
        await writer.editing.flush()
        await writer.desk.sync()
        await there.sync()
        await there.write(writer.id, mail("mine", "theirs"))
        await there.sync()
        await writer.desk.sync()
        await writer.restarts()
        assert writer.history.content == mail("mine", "theirs")
        assert not writer.history.can_undo
        await writer.types("more", "theirs")
        await writer.restarts()
        await writer.undoes()
        assert writer.history.content == mail("mine", "theirs")
        assert not writer.history.can_undo

    async def test_words_that_were_merged_cannot_be_undone(self, pair):
        writer, there = pair
        await there.write(writer.id, mail("one", "theirs"))
        await there.sync()
        await writer.types("mine", "two")
        await writer.editing.flush()
        await writer.desk.sync()
        await writer.restarts()
        assert writer.history.content == mail("mine", "theirs")
        assert not writer.history.can_undo

    async def test_words_that_came_under_the_keys_cannot_be_undone(self, pair):
        writer, there = pair
        await there.write(writer.id, mail("one", "theirs"))
        await there.sync()
        await writer.desk.sync()
        await writer.types("mine", "two")  # on the old text: put on top of theirs
        assert writer.desk.texts(writer.id) == ["mine", "theirs"]
        await writer.restarts()
        assert not writer.history.can_undo

    async def test_a_text_that_was_brought_back_begins_a_new_line(self, pair):
        writer, there = pair
        await there.write(writer.id, mail("one", "theirs"))
        await there.sync()
        await writer.desk.sync()
        await writer.restarts()
        await writer.types("mine", "theirs")
        await writer.editing.flush()
        await Decisions(writer.desk.store).bring_back(writer.desk.peek.kept()[0].n, "unused")
        await writer.restarts()
        assert writer.history.content == mail("one", "two")
        assert not writer.history.can_undo


@pytest.fixture
async def store(tmp_path, world):
    prepare(tmp_path / "drafts.db")
    store = Store(tmp_path / "drafts.db", world.clock)
    yield store
    await store.close()


class TestStored:
    async def test_as_the_moves_say(self, store):
        dice, seq, line = random.Random(7), 1, NO_LINE
        await store.create(CAMPAIGN, "a", {"n": 0})
        for n in range(60):
            at = dice.randint(1, 2 * STEPS_KEPT)
            some = {at - dice.randint(0, 3): left({"n": n}, f"f{n}")}
            move = UndoMove(at, some, dice.choice([None, None, at, at - 2, max(some)]))
            seq = await store.save(CAMPAIGN, "a", {"n": n}, seq, move)
            line = line.moved(move, seq)
            assert await store.undo_line(CAMPAIGN, "a") == line

    async def test_a_refused_save_leaves_no_step(self, store):
        await store.create(CAMPAIGN, "a", {"n": 0})
        await store.save(CAMPAIGN, "a", {"n": 1}, 1, UndoMove(1, {0: left({"n": 0}, "")}, 0))
        before = await store.undo_line(CAMPAIGN, "a")
        with pytest.raises(StaleEditError):
            await store.save(CAMPAIGN, "a", {"n": 2}, 1, UndoMove(2, {1: left({"n": 1}, "")}, 1))
        assert await store.undo_line(CAMPAIGN, "a") == before

    async def test_the_drafts_changed_last_keep_their_steps(self, store):
        for n in range(LINES_KEPT + 5):
            await store.create(CAMPAIGN, f"d{n}", {})
            await store.save(CAMPAIGN, f"d{n}", {"n": 1}, 1, UndoMove(1, {0: left({}, "")}, 0))
        kept = [n for n in range(LINES_KEPT + 5) if (await store.undo_line(CAMPAIGN, f"d{n}")).left]
        assert kept == list(range(5, LINES_KEPT + 5))

    async def test_a_deleted_draft_takes_its_steps_along(self, pair):
        writer, there = pair
        await writer.types("a", "two")
        await writer.editing.flush()
        await writer.desk.sync()
        await there.sync()
        await there.store.remove(CAMPAIGN, writer.id, 0)
        await there.sync()
        await writer.desk.sync()
        async with writer.desk.store.reading() as connection:
            count = (await connection.exec_driver_sql("SELECT count(*) FROM undo_step")).scalar()
        assert count == 0
