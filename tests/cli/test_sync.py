"""`handbill sync`: what waits, and bringing it there."""

import argparse
import asyncio
import json
from pathlib import Path

from cli.sync_commands import sync
from contract.clock import SystemClock
from localstore.outbox import Outbox
from localstore.records import DocKind, Hold
from localstore.schema import prepare
from localstore.store import Store
from sync.accounts import KnownAccount, remember_account

CAMPAIGN = DocKind.CAMPAIGN


def options(folder: Path, what: str = "status", **more: object) -> argparse.Namespace:
    given = {"data_dir": str(folder), "server": None, "what": what, "json": True, "demo": False} | more
    return argparse.Namespace(**given)


async def _fill(folder: Path) -> None:
    known = KnownAccount("embedded", "1", "1", "ana")
    remember_account(folder, known)
    path = known.account.file_in(folder)
    prepare(path)
    store = Store(path, SystemClock())
    await store.create(CAMPAIGN, "a", {"name": "Waits"})
    await store.create(CAMPAIGN, "b", {"name": "Asks"})
    outbox = Outbox(store)
    await outbox.postpone(await store.row(CAMPAIGN, "a"), "no route", store.now() + 3e9)
    await outbox.hold(await store.row(CAMPAIGN, "b"), Hold.REJECTED, "name: too long")
    await store.close()


def test_says_state_reason_age_and_next_attempt(tmp_path, capsys):
    asyncio.run(_fill(tmp_path))
    assert sync(options(tmp_path)) == 4
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (rows["Waits"]["state"], rows["Waits"]["detail"], rows["Waits"]["next"]) == (
        "waiting", "no route", "60 s",
    )  # fmt: skip
    assert (rows["Asks"]["state"], rows["Asks"]["detail"]) == ("rejected", "name: too long")
    assert rows["Asks"]["since"].endswith(" s")


def test_an_empty_computer_says_so(tmp_path, capsys):
    assert sync(options(tmp_path)) == 0
    assert "no drafts here yet" in capsys.readouterr().err


def test_now_without_a_session_says_how_to_get_one(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sync.secrets.usable_secrets", lambda path: (None, None))
    assert sync(options(tmp_path, "now", server="https://mail.example")) == 5
    assert "Sign in first" in capsys.readouterr().err


def test_now_brings_everything_to_the_backend(tmp_path, monkeypatch, capsys):
    from sync.drafts import LocalDrafts
    from sync.embedded import Embedded
    from sync.workspace import Workspace

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    embedded = Embedded(tmp_path / "data")
    try:
        assert sync(options(embedded.data, "now")) == 0

        async def write_offline() -> None:
            import random

            workspace = Workspace(
                embedded.data, clock=SystemClock(), random=random.Random(1), embedded=embedded
            )
            await workspace._open_store(workspace._room)
            content = {"contentJson": {"version": 1, "blocks": []}, "segmentId": None, "sendAt": None}
            await LocalDrafts(workspace).create(CAMPAIGN, content | {"name": "Typed before"})
            await workspace.close()

        asyncio.run(write_offline())
        assert sync(options(embedded.data)) == 0
        assert "Typed before" in capsys.readouterr().out
        assert sync(options(embedded.data, "now")) == 0
        assert "Everything is on the server." in capsys.readouterr().err
    finally:
        embedded.stop()
