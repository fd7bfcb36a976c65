"""A client process that types until it is killed. It says on its pipe what the store acknowledged."""

import asyncio
import random
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

import sync.api
from contract.clock import SystemClock
from localstore.peek import Peek
from localstore.records import DocKind
from localstore.schema import prepare
from localstore.store import StaleEditError, Store
from sync.api import Api, transport_for
from sync.engine import SyncEngine
from sync.wire_errors import TransportError

ID = "018f0000-0000-7000-8000-0000000000ab"
CAMPAIGN = DocKind.CAMPAIGN


LONGEST = 10_000
"""Characters of a block after which the next one is begun: what the server takes is not to be tried here."""


def content(*texts: str) -> dict[str, object]:
    blocks = [{"id": f"text{n}", "type": "text", "text": text} for n, text in enumerate(texts)]
    mail = {"version": 1, "subject": "Hello", "blocks": blocks}
    return {"name": "Typed", "contentJson": mail, "segmentId": None, "sendAt": None}


def run(path: Path, server: str, token: str, first: int, pipe: Connection) -> None:
    """Type from sentence `first` on; with a negative one only sync until nothing waits."""
    sync.api.TIMEOUT = httpx.Timeout(1.0)
    asyncio.run(_run(path, server, token, first, pipe))


async def _signed_in(server: str, token: str) -> Api:
    while True:
        api = Api(*transport_for(server))
        try:
            await api.bootstrap(token)
        except TransportError:
            await api.close()
            await asyncio.sleep(0.02)
        else:
            return api


async def _run(path: Path, server: str, token: str, first: int, pipe: Connection) -> None:
    prepare(path)
    clock = SystemClock()
    store = Store(path, clock)
    if await store.row(CAMPAIGN, ID) is None:
        await store.create(CAMPAIGN, ID, content("Begin."))
    typing = asyncio.create_task(_type(store, first, pipe)) if first >= 0 else None
    api = await _signed_in(server, token)
    engine = SyncEngine(store, api, clock, random.Random(first), lambda: None)
    engine.hurry()
    running = asyncio.create_task(engine.run())
    if typing is not None:
        await typing
    peek = Peek(path)
    while peek.waiting():
        engine.hurry()
        await asyncio.sleep(0.05)
    pipe.send("drained")
    peek.close()
    engine.stop()
    await running
    await api.close()
    await store.close()


async def _type(store: Store, number: int, pipe: Connection) -> None:
    while True:
        row = await store.row(CAMPAIGN, ID)
        assert row is not None
        assert row.mine is not None
        texts = [block["text"] for block in row.mine["contentJson"]["blocks"]]
        *before, last = texts if len(texts[-1]) < LONGEST else [*texts, "Next."]
        try:
            await store.save(CAMPAIGN, ID, content(*before, f"{last} S{number}."), row.mine_seq)
        except StaleEditError:
            continue
        pipe.send(number)
        number += 1
        await asyncio.sleep(0.01)
