"""How fast a key is durable, how long a merge takes, and how fast a day's drafts reach the server.

python -m bench.sync [--seconds 10] [--drafts 1000]
The drain is compared with the same number of bare autosave requests, four at once, in the same run.
"""

import argparse
import asyncio
import copy
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figures import keep, median, percentile, show
from contract.clock import SystemClock
from contract.ids import new_document_id
from localstore.locks import draft_lock
from localstore.peek import Peek
from localstore.records import DocKind
from localstore.schema import prepare
from localstore.store import Store
from sync.api import Api, transport_for
from sync.canonical import canonical
from sync.editing import open_draft
from sync.embedded import Embedded
from sync.engine import SyncEngine
from sync.merge import merge
from sync.schedule import PUSHES_AT_ONCE
from sync.wire_errors import TransportError

CAMPAIGN = DocKind.CAMPAIGN
Json = dict[str, Any]


def mail(blocks: int, text: str = "All shoes are 20% off. It ends on Sunday. Come in. ") -> Json:
    listed = [{"id": f"b{n}", "type": "text", "text": f"{n}. {text * 8}"} for n in range(blocks)]
    content = {"version": 1, "subject": "Spring offer", "blocks": listed}
    return {"name": "Spring offer", "contentJson": content, "segmentId": None, "sendAt": None}


async def typing(folder: Path, keys_per_second: int, seconds: float) -> tuple[list[float], int]:
    """Milliseconds from each key to its commit, and how many commits that took."""
    path = folder / f"typing{keys_per_second}.db"
    prepare(path)
    store, peek = Store(path, SystemClock()), Peek(path)
    await store.create(CAMPAIGN, "a", mail(50))
    save, waits, typed = store.save, [], []

    async def timed(*arguments: Any) -> int:
        covered = len(typed)
        seq = await save(*arguments)
        now = time.perf_counter()
        waits.extend(1000 * (now - at) for at in typed[len(waits) : covered])
        return seq

    store.save = timed  # type: ignore[method-assign]
    draft = peek.get(CAMPAIGN, "a")
    assert draft is not None
    editing = await open_draft(
        draft, store=store, lock=draft_lock(path, CAMPAIGN, "a"), clock=SystemClock(),
        saved=lambda _: None, told=lambda: None, read=peek.get,
    )  # fmt: skip
    start, content = time.perf_counter(), copy.deepcopy(draft.content)
    for n in range(int(seconds * keys_per_second)):
        await asyncio.sleep(max(0.0, start + n / keys_per_second - time.perf_counter()))
        content = copy.deepcopy(content)
        content["contentJson"]["blocks"][3]["text"] += "x"
        typed.append(time.perf_counter())
        await editing.change(content)
    await editing.close()
    commits = store.commits
    await store.close()
    peek.close()
    return waits, commits


def merging(blocks: int) -> tuple[float, float]:
    """Milliseconds for a merge of two people's edits, alone and with the spelling made equal first."""
    base = canonical(CAMPAIGN, mail(blocks))
    dice = random.Random(1)
    sides = []
    for name in ("mine", "theirs"):
        side = copy.deepcopy(base)
        listed = side["contentJson"]["blocks"]
        for block in dice.sample(listed, blocks // 5):
            block["text"] += f"{name}. "
        listed.insert(blocks // 2, listed.pop(0 if name == "mine" else -1))
        sides.append(side)
    alone, whole = [], []
    for _ in range(30):
        start = time.perf_counter()
        merge(base, *sides)
        alone.append(1000 * (time.perf_counter() - start))
        start = time.perf_counter()
        merge(*(canonical(CAMPAIGN, side) for side in (base, *sides)))  # type: ignore[arg-type]
        whole.append(1000 * (time.perf_counter() - start))
    return median(alone), median(whole)


async def _signed_in(embedded: Embedded) -> Api:
    while True:
        api = Api(*transport_for(embedded.server))
        try:
            await api.bootstrap(embedded.token_path.read_text().strip())
        except (TransportError, FileNotFoundError):
            await api.close()
            await asyncio.sleep(0.1)
        else:
            return api


async def _four_at_once(work: list[Any]) -> float:
    gate = asyncio.Semaphore(PUSHES_AT_ONCE)

    async def one(make: Any) -> None:
        async with gate:
            await make()

    start = time.perf_counter()
    await asyncio.gather(*(one(make) for make in work))
    return time.perf_counter() - start


async def draining(folder: Path, drafts: int) -> Json:
    """A day of offline work: the time until the server has it, and bare requests beside it."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    embedded = Embedded(folder / "data")
    embedded.start()
    api = await _signed_in(embedded)
    clock, path = SystemClock(), folder / "drain.db"
    try:
        ids = [[new_document_id() for _ in range(drafts)] for _ in range(2)]
        content = mail(10)

        def create(id: str) -> Any:
            return lambda: api.call("POST", "/api/campaigns", body={"id": id, **content})

        def autosave(id: str, name: str) -> Any:
            body = {**content, "name": name, "updatedAt": versions[id]}
            return lambda: api.call("POST", f"/api/campaigns/{id}", body=body, key=new_document_id())

        await _four_at_once([create(id) for half in ids for id in half])
        prepare(path)
        store = Store(path, clock)
        engine = SyncEngine(store, api, clock, random.Random(1), lambda: None)
        await engine._pull.pull()  # noqa: SLF001 - the first pull is not what is measured
        async with store.reading() as connection:
            found = await connection.exec_driver_sql("SELECT id, base_rev, mine_seq FROM doc")
            rows = {row.id: row for row in found}
        versions = {id: row.base_rev for id, row in rows.items()}
        bare = await _four_at_once([autosave(id, "Bare") for id in ids[0]])
        await engine._pull.pull()  # noqa: SLF001 - nor is learning of the bare requests
        for id in ids[1]:
            await store.save(CAMPAIGN, id, content | {"name": "Offline"}, rows[id].mine_seq)
        start = time.perf_counter()
        running = asyncio.create_task(engine.run())
        engine.hurry()
        while await store.due():  # noqa: ASYNC110 - the engine tells nobody that all is out
            await asyncio.sleep(0.1)
        drained = time.perf_counter() - start
        engine.stop()
        await running
        await store.close()
    finally:
        await api.close()
        embedded.stop()
    return {"bare requests/s": drafts / bare, "drafts drained/s": drafts / drained, "ratio": bare / drained}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--drafts", type=int, default=1000)
    parser.add_argument("--json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = []
        for rate in (8, 30):
            waits, commits = asyncio.run(typing(folder, rate, options.seconds))
            p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
            keys.append(
                {"keys/s": f"{rate}", "key to durable p50 ms": p50, "p99 ms": p99, "commits": commits}
            )
        merges = []
        for blocks in (30, 200):
            alone, whole = merging(blocks)
            merges.append({"blocks": f"{blocks}", "merge ms": alone, "with spelling ms": whole})
        drain = asyncio.run(draining(folder, options.drafts))
    show("typing in a mail of 50 blocks, WAL, synchronous FULL", keys)
    show("three-way merge, a fifth of the blocks changed by each", merges)
    show(f"{options.drafts} drafts changed offline, over a Unix socket", [drain])
    keep(options.json, {"typing": keys, "merge": merges, "drain": drain})


if __name__ == "__main__":
    main()
