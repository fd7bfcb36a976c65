"""What a worker does between mails: looking around, moving people in sequences, stopping, keeping a rate.

    python -m bench.ticks [--people 1000000] [--due 50000] [--json FILE]

On SQLite and on a real PostgreSQL. `idle tick` is all a worker asks every two seconds while so many people
sleep in a sequence; people who are due are moved, and so many again by two bare statements that write the
same rows at once; five times each. `pause` is from the commit of a person's pause to the last mail on the
wire; the rate is that of two real workers, counted at the mail server in full seconds.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Connection

from backend.db.engine import Database, make_engine
from backend.db.epoch import micros
from backend.db.feed import take_row_ids
from backend.db.models.campaign import Campaign
from backend.db.models.segment import Segment
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord, SequenceRevision
from backend.db.schema import prepare_database
from backend.delivery.advancing import advance
from backend.delivery.fencing import begin_session
from backend.delivery.jobs import Jobs
from backend.delivery.journal import Journal
from backend.delivery.mailer import Door, Envelope
from backend.delivery.memory_engine import MemoryEngine
from backend.delivery.sources import Source, SourceKind
from backend.orgs.service import create_org
from backend.segments.audience import SegmentAudience
from bench.figures import keep, median, show
from bench.places import Place, counting_sink, postgresql, running_server, sink, sqlite
from bench.plug import lines
from bench.program import SEED_BATCH, add_campaign, add_people, backend, opened, until
from bench.render import newsletter
from bench.send import seeded, sending_side, signing
from contract.blocks import dump_document
from contract.clock import SystemClock
from contract.ids import new_document_id

Open = Callable[[], AbstractContextManager[Place]]

TURNS = 5
"""So often people are moved, and by bare statements in between; medians of both are shown."""


async def sleepers(url: str, people: int) -> tuple[int, str]:
    """An active sequence in which everybody waits for the second step, for a year."""
    database = opened(url)
    await prepare_database(database.engine)
    now = SystemClock().now()
    stamps = {"created_at": now, "updated_at": now}
    async with database.system_writer() as session:
        org_id, _ = await create_org(session, "Acme", "olive@acme.example", "x", now)
    await add_people(database, org_id, [{"email": f"c{i}@example.org"} for i in range(people)])
    segment, sequence = new_document_id(), new_document_id()
    content = dump_document(newsletter())
    steps = {"steps": [{"id": i, "delayHours": 72, "contentJson": content} for i in ("one", "two")]}
    async with database.writer(org_id) as session:
        session.add(Segment(id=segment, name="Nobody", dsl_json={"any": []}, **stamps))
        fields = {"status": "ACTIVE", "segment_id": segment, "steps_json": steps, "published_revision": 1}
        session.add(Sequence(id=sequence, name="Welcome", **fields, **stamps))
        await session.flush()
        session.add(SequenceRevision(sequence_id=sequence, revision=1, steps_json=steps, created_at=now))
    for begin in range(0, people, SEED_BATCH):
        async with database.writer(org_id) as session:
            ids = await take_row_ids(session, min(SEED_BATCH, people - begin))
            rows = [
                {
                    "id": i,
                    "sequence_id": sequence,
                    "contact_id": begin + n + 1,
                    "revision": 1,
                    "step_id": "one",
                    "state": "active",
                    "entered_at": now,
                    "entered_step_at": now,
                    "next_run_at": now + timedelta(days=365),
                }
                for n, i in enumerate(ids)
            ]
            await session.execute(insert(EnrolmentRecord), rows)
    await database.close()
    return org_id, sequence


async def ticking(place: Place, people: int, due: int) -> dict[str, Any]:
    org_id, sequence = await sleepers(place.app_url, people)
    database = Database(make_engine(place.worker_url))
    sending = sending_side(database)
    clock = sending.tools.clock
    async with database.system_writer() as session:
        await begin_session(await session.connection(), "bench", clock.now())
    journal = Journal(database, "bench", clock, sending.tools.monitor.listen)
    jobs = Jobs(sending.tools, MemoryEngine(clock), journal, "bench")
    await jobs.tick("")
    took = []
    for _ in range(50):
        began = time.perf_counter()
        await jobs.tick("")
        took.append(time.perf_counter() - began)
    source = Source(org_id, SourceKind.SEQUENCE, sequence)
    speeds, bare = [], []
    for turn in range(TURNS):
        await _wake(database, source, due)
        began, moved = time.perf_counter(), 0
        while taken := await advance(database, SegmentAudience(), source, clock):
            moved += taken
        speeds.append(moved / (time.perf_counter() - began))
        await _wake(database, source, due)
        began = time.perf_counter()
        alone = partial(_move_bare, source=source, now=clock.now(), before=turn + 1 << 40)
        moved = await database.write_ledger(alone, inside=org_id)
        bare.append(moved / (time.perf_counter() - began))
    await database.close()
    return {
        "database": place.name,
        "sleeping": people,
        "idle tick ms": median(took) * 1e3,
        "due rows/s": median(speeds),
        "least": min(speeds),
        "most": max(speeds),
        "by two bare statements": median(bare),
        "to bare": median([ours / theirs for ours, theirs in zip(speeds, bare, strict=True)]),
    }


async def _wake(database: Database, source: Source, due: int) -> None:
    """Let so many who wait for the first step be due since a second."""
    some = select(EnrolmentRecord.id).where(
        EnrolmentRecord.sequence_id == source.id, EnrolmentRecord.step_id == "one"
    )
    wake = (
        update(EnrolmentRecord)
        .where(EnrolmentRecord.id.in_(some.limit(due)))
        .values(next_run_at=SystemClock().now() - timedelta(seconds=1))
    )
    async with database.writer(source.org_id) as session:
        await session.execute(wake, execution_options={"synchronize_session": False})


def _move_bare(connection: Connection, source: Source, now: datetime, before: int) -> int:
    """What the database alone takes to write the same rows: no rule, no consent, no look at who got what."""
    values = {"org": source.org_id, "sequence": source.id, "now": micros(now), "before": before}
    due = "e.org_id = :org AND e.sequence_id = :sequence AND e.state = 'active' AND e.next_run_at <= :now"
    mails = (
        "INSERT INTO delivery (org_id, source_id, step_id, run_no, contact_id, address, id, revision, state,"
        " reason, attempts, due_at, updated_at) SELECT e.org_id, e.sequence_id, e.step_id, e.run_no, c.id,"
        " c.email, :before + row_number() OVER (), 1, 'pending', '', 0, :now, :now"
        f" FROM enrolment e JOIN contact c ON c.org_id = e.org_id AND c.id = e.contact_id WHERE {due}"
    )
    moves = (
        f"UPDATE enrolment AS e SET step_id = 'two', entered_step_at = :now, next_run_at = :later WHERE {due}"
    )
    connection.execute(text(mails), values)
    return connection.execute(text(moves), values | {"later": micros(now + timedelta(days=3))}).rowcount


async def pausing(place: Place, rounds: int) -> dict[str, Any]:
    """Milliseconds from the commit of a pause to the last body that was begun."""
    waits = []
    with sink(0) as port:
        org_id, campaign = await seeded(place.app_url, 20_000, *signing(port, 20, []))
        database = Database(make_engine(place.worker_url))
        desk = Database(make_engine(place.app_url))
        sending = sending_side(database)
        begun = [0.0]
        count = [0]
        connect = sending.tools.mailer.connect

        async def watched(login: Any) -> Any:
            connection = await connect(login)
            send = connection.send

            async def noted(envelope: Envelope, message: bytes, door: Door, *rest: Any) -> str:
                async def watched_door() -> bool:
                    opened = await door()
                    if opened:
                        begun[0] = time.perf_counter()
                        count[0] += 1
                    return opened

                return str(await send(envelope, message, watched_door, *rest))

            connection.send = noted
            return connection

        sending.tools.mailer.connect = watched  # type: ignore[method-assign]
        await sending.tools.freezer.freeze(org_id, campaign)
        mine = update(Campaign).where(Campaign.id == campaign)
        with tempfile.TemporaryDirectory() as folder:
            async with sending.run(Path(folder) / "lock"):
                for _ in range(rounds):
                    before = count[0]
                    while count[0] < before + 500:  # noqa: ASYNC110 - it is in the middle of the send then
                        await asyncio.sleep(0.01)
                    async with desk.writer(org_id) as session:
                        await session.execute(mine.values(status="PAUSED"))
                    paused = time.perf_counter()
                    await asyncio.sleep(0.5)
                    waits.append(max(0.0, begun[0] - paused) * 1e3)
                    async with desk.writer(org_id) as session:
                        await session.execute(mine.values(status="SENDING"))
                    sending.delivery.wake()
        for each in (desk, database):
            await each.close()
    return {"database": place.name, "pause ms, median": median(waits), "worst": max(waits), "of": rounds}


async def _due_campaign(url: str, contacts: int) -> None:
    database = opened(url)
    async with database.system_writer() as session:
        org_id, _ = await create_org(session, "Acme", "olive@acme.example", "x", SystemClock().now())
    await add_people(database, org_id, [{"email": f"c{i}@example.org"} for i in range(contacts)])
    await add_campaign(database, org_id, "Autumn", {"all": []})
    await database.close()


def keeping_a_rate(place: Place, rate: int, seconds: int) -> dict[str, Any]:
    asyncio.run(_due_campaign(place.app_url, rate * seconds))
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder) / "taken"
        with counting_sink(taken) as port:
            smtp = f"smtp://127.0.0.1:{port}?from=news@example.com&lanes=20&rate={rate}"
            environment = {"HANDBILL_SMTP_URL": smtp, "HANDBILL_DATABASE_URL": place.worker_url}
            with (
                backend("worker", "--data-dir", folder, **environment),
                backend("worker", "--data-dir", folder, **environment),
            ):
                until(lambda: lines(taken) >= rate * seconds)
        moments = [float(line.split()[1]) for line in taken.read_text().splitlines()]
    first = min(moments)
    full = Counter(int(moment - first) for moment in moments)
    counts = [full[second] for second in range(1, max(full) - 1)]
    return {
        "rate": rate,
        "workers": 2,
        "least in a second": min(counts),
        "most": max(counts),
        "of": len(counts),
    }


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json")
    options = parser.parse_args()
    ticks, pauses, rates = [], [], []
    with running_server() as server:
        places: list[Open] = [sqlite] if server is None else [sqlite, partial(postgresql, server)]
        for place in places:
            with place() as found:
                pauses.append(asyncio.run(pausing(found, options.rounds)))
        if server is not None:
            with postgresql(server) as found:
                rates.append(keeping_a_rate(found, 100, 20))
        for place in places:
            with place() as found:
                ticks.append(asyncio.run(ticking(found, options.people, options.due)))
    show("From a person's pause to the last mail", pauses)
    if rates:
        show("One rate, two workers", rates)
    show("People who sleep in a sequence", ticks)
    keep(options.json, {"ticks": ticks, "pauses": pauses, "rates": rates})


if __name__ == "__main__":
    main()
