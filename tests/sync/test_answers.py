"""Contacts that were looked at can be looked at again where there is no network."""

from pathlib import Path

import httpx
import pytest

from contract.clock import ManualClock
from localstore.answers import KEPT, Answers
from localstore.schema import prepare
from localstore.store import Store
from sync.errors import OfflineError
from sync.secrets import MemorySecrets
from sync.services import RemoteAudience, RemoteContacts
from tests.sync.test_accounts import line, signs_in, window

__all__ = ["line"]


async def test_what_was_seen_is_there_without_a_server_and_says_so(line, tmp_path: Path) -> None:
    async with window(tmp_path / "data", MemorySecrets()) as (workspace, _, status):
        await signs_in(status, workspace, "ben")
        contacts = RemoteContacts(workspace)
        made = await contacts.create("ana@x.example", "Ana")
        assert [c.email for c in (await contacts.page(0, 100)).contacts] == ["ana@x.example"]
        names = [field.key for field in await contacts.fields()]
        await contacts.get(made.id)
        assert not contacts.remembered

        line.down = True
        again = RemoteContacts(workspace)  # as after a new start
        page = await again.page(0, 100)
        assert ([c.email for c in page.contacts], page.total, again.remembered) == (
            ["ana@x.example"],
            1,
            True,
        )
        assert (await again.get(made.id)).email == "ana@x.example"
        assert [field.key for field in await again.fields()] == names
        with pytest.raises(OfflineError):
            await again.page(100, 100)
        with pytest.raises(OfflineError):
            await RemoteAudience(workspace).members("nothing", 0, 100)

        line.down = False
        await again.page(0, 100)
        assert not again.remembered


async def test_what_is_no_answer_of_ours_is_a_sentence_and_is_not_remembered(line, tmp_path, monkeypatch):
    async with window(tmp_path / "data", MemorySecrets()) as (workspace, _, status):
        await signs_in(status, workspace, "ben")
        contacts = RemoteContacts(workspace)
        portal = httpx.Response(200, json={"welcome": "to the train"})
        through = line.handle_async_request

        async def caught(request: httpx.Request) -> httpx.Response:
            return portal if request.url.path.startswith("/api/contacts") else await through(request)

        monkeypatch.setattr(line, "handle_async_request", caught)
        for _ in range(2):
            with pytest.raises(OfflineError):
                await contacts.page(0, 100)
        monkeypatch.undo()


async def test_nobody_sees_what_another_person_looked_at(line, tmp_path: Path) -> None:
    async with window(tmp_path / "data", MemorySecrets()) as (workspace, _, status):
        await signs_in(status, workspace, "ben")
        contacts = RemoteContacts(workspace)
        await contacts.create("secret@x.example", "")
        await contacts.page(0, 100)
        await signs_in(status, workspace, "eve")
        line.down = True
        with pytest.raises(OfflineError):
            await contacts.page(0, 100)


async def test_what_was_looked_at_last_stays(tmp_path: Path) -> None:
    path = tmp_path / "drafts.db"
    prepare(path)
    store = Store(path, ManualClock())
    answers = Answers(store)
    for n in range(KEPT):
        await answers.put(f"/{n}", {"n": n})
    await answers.put("/0", {"n": "again"})
    await answers.put("/new", {"n": "new"})
    assert await answers.get("/1") is None
    assert [await answers.get(path) for path in ("/0", "/2", "/new")] == [
        {"n": "again"},
        {"n": 2},
        {"n": "new"},
    ]
    await store.close()
