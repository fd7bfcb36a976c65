"""The real program for the large runs: an organisation with many contacts, and the process that sends."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from backend.db.engine import Database, make_engine
from backend.db.feed import take_row_ids
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.db.models.segment import Segment
from bench.render import newsletter
from contract.blocks import dump_document
from contract.clock import SystemClock
from contract.ids import new_document_id

SEED_BATCH = 20_000
Dsl = dict[str, Any]


async def add_people(database: Database, org_id: int, people: Sequence[dict[str, Any]]) -> None:
    """Contacts; each row says at least `email`."""
    now = SystemClock().now()
    usual = {"status": "subscribed", "name": "Ann", "created_at": now, "updated_at": now}
    usual["name_folded"] = "ann"
    for begin in range(0, len(people), SEED_BATCH):
        part = people[begin : begin + SEED_BATCH]
        async with database.writer(org_id) as session:
            ids = await take_row_ids(session, len(part))
            rows = [usual | row | {"id": i} for i, row in zip(ids, part, strict=True)]
            await session.execute(insert(Contact), rows)


async def add_campaign(database: Database, org_id: int, name: str, dsl: Dsl) -> str:
    """A newsletter to whom the filter matches, due now."""
    now = SystemClock().now()
    stamps = {"created_at": now, "updated_at": now}
    segment, campaign = new_document_id(), new_document_id()
    async with database.writer(org_id) as session:
        session.add(Segment(id=segment, name=name, dsl_json=dsl, **stamps))
        content = {"content_json": dump_document(newsletter()), "segment_id": segment}
        session.add(Campaign(id=campaign, name=name, status="SCHEDULED", send_at=now, **content, **stamps))
    return campaign


def opened(url: str) -> Database:
    return Database(make_engine(url))


@contextmanager
def backend(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m backend ...` in a process group of its own; the whole group is gone afterwards."""
    quiet = {"HANDBILL_LOG_LEVEL": "error", "HANDBILL_SECRET_KEY": "the same on every host"}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "backend", *words],
        env=os.environ | quiet | environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()


def until(condition: Callable[[], bool], every: float = 0.2, patience: float = 1_800) -> float:
    """Seconds until it holds."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > patience:
            raise TimeoutError
        time.sleep(every)
    return time.monotonic() - began


def peak_memory(process: subprocess.Popen[str]) -> int:
    """Of its resident set so far, in megabytes."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kilobytes) // 1_000
