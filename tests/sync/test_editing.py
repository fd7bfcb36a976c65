"""Autosave: on the disk within a tenth of a second, whatever the keyboard does."""

import asyncio
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from localstore.locks import draft_lock
from sync.editing import OpenDraft, open_draft
from sync.errors import NotSavedError, ServiceError
from tests.sync.conftest import CAMPAIGN, mail


@pytest.fixture
async def desk(world):
    return await world.desk()


async def edit(world, desk, id) -> OpenDraft:
    return await open_draft(
        desk.draft(id),
        store=desk.store,
        lock=draft_lock(desk.path, CAMPAIGN, id),
        clock=world.clock,
        saved=lambda key: None,
        told=lambda: None,
        read=desk.peek.get,
    )


async def until(condition, seconds: float = 60.0) -> None:
    """Wait for another thread's commit."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it never came true"
        await asyncio.sleep(0.002)


class TestSlots:
    async def test_the_first_key_is_on_the_disk_when_the_handler_returns(self, world, desk):
        id = await desk.create(mail("base"))
        editing = await edit(world, desk, id)
        await editing.change(mail("base x"))
        assert desk.texts(id) == ["base x"]
        await editing.close()

    async def test_keys_within_the_slot_are_stored_at_its_end(self, world, desk):
        id = await desk.create(mail("base"))
        editing = await edit(world, desk, id)
        for text in ("a", "ab", "abc"):
            await editing.change(mail(text))
        assert desk.texts(id) == ["a"]
        assert editing.typing
        assert editing.draft.content == mail("abc")
        await world.clock.advance(0.1)
        await until(lambda: desk.texts(id) == ["abc"])
        await editing.close()

    async def test_leaving_stores_what_waits_at_once(self, world, desk):
        id = await desk.create(mail("base"))
        editing = await edit(world, desk, id)
        await editing.change(mail("a"))
        await editing.change(mail("ab"))
        await editing.close()
        assert desk.texts(id) == ["ab"]

    async def test_a_merge_that_was_accepted_meanwhile_does_not_lose_the_next_key(self, world, desk):
        id = await desk.create(mail("base"))
        editing = await edit(world, desk, id)
        await desk.write(id, mail("other window"))
        await editing.change(mail("mine"))
        assert desk.texts(id) == ["mine"]
        await editing.close()


class TestTwoWindows:
    async def test_a_draft_is_edited_in_one_window_at_a_time(self, world, desk):
        id = await desk.create(mail("base"))
        editing = await edit(world, desk, id)
        with pytest.raises(ServiceError, match="another window"):
            await edit(world, desk, id)
        await editing.close()
        await (await edit(world, desk, id)).close()


class TestFullDisk:
    async def test_it_is_shown_kept_in_memory_and_tried_again(self, world, desk, monkeypatch):
        id = await desk.create(mail("base"))
        editing = await edit(world, desk, id)
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        save = desk.store.save

        async def no_room(*_):
            raise OperationalError("UPDATE", {}, full)

        monkeypatch.setattr(desk.store, "save", no_room)
        await editing.change(mail("precious"))
        assert editing.not_saved == "disk full"
        with pytest.raises(NotSavedError):
            await editing.flush()
        monkeypatch.setattr(desk.store, "save", save)
        await world.clock.advance(2.1)
        await until(lambda: editing.not_saved is None)
        assert desk.texts(id) == ["precious"]
        await editing.close()
