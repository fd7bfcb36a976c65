"""How fast a campaign leaves, with every mail's state on the disk, beside the usual way. Same run, same sink.

    python -m bench.send [--mails 5000] [--rounds 3] [--dkim rsa] [--full] [--json FILE]

`ours` is the worker of the backend: claim, mark, send, note the answer, on SQLite and on a real PostgreSQL
behind row-level security, with fsync on. `usual` builds an EmailMessage per contact and sends it with
aiosmtplib, without any ledger. Where Postfix's programs are installed, its smtp-sink takes the mails, and its
smtp-source is measured too: it sends one ready-made mail again and again.
"""

import argparse
import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import aiosmtplib
import structlog
from sqlalchemy import ColumnElement, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database, make_engine
from backend.db.entry import enter_organisation
from backend.db.feed import take_row_ids
from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.db.models.dkim import DkimKey
from backend.db.models.org import Org
from backend.db.schema import prepare_database
from backend.delivery.journal import Ends
from backend.delivery.sending import Sending, assemble
from backend.delivery.smtp_mailer import SmtpMailer
from backend.delivery.sources import Source
from backend.dkim_keys import make_pair
from backend.orgs.service import create_org
from bench.figures import keep, median, show
from bench.places import PROGRAMS, Place, postgresql, running_server, sink, sqlite
from bench.render import newsletter
from contract.blocks import dump_document
from contract.clock import SystemClock
from contract.dkim import DkimAlgorithm
from contract.ids import new_document_id
from render_preview.parts import compile_parts

SEGMENT = "00000000-0000-7000-8000-000000000001"

SMTP_SOURCE = shutil.which("smtp-source", path=PROGRAMS)
PLENTY = 1_000_000
"""A cap that is asked for and never reached."""


class Everyone:
    """The audience of the bench."""

    async def members(self, session: AsyncSession, segment_id: str, now: datetime) -> ColumnElement[bool]:
        del session, segment_id, now
        return true()


async def seeded(
    url: str, mails: int, account: SendingAccount, keys: list[DkimKey], *, full: bool = False
) -> tuple[int, str]:
    """An organisation with contacts, an account that signs with these keys, and a due campaign.

    `full`: opens and clicks are tracked, and the account, the organisation and each contact have a cap.
    """
    database = Database(make_engine(url))
    await prepare_database(database.engine)
    now = SystemClock().now()
    stamps = {"created_at": now, "updated_at": now}
    async with database.system_writer() as session:
        org_id, _ = await create_org(session, "Acme", "olive@acme.example", "x", now)
        await enter_organisation(session, org_id)
        if full:
            tracked = {"track_opens": True, "track_clicks": True}
            capped = {"daily_cap": PLENTY, "frequency_mails": 5, "frequency_days": 7}
            await session.execute(update(Org).where(Org.id == org_id).values(**tracked, **capped))
            account.daily_cap = PLENTY
    campaign_id = new_document_id()
    async with database.writer(org_id) as session:
        ids = await take_row_ids(session, mails)
        people = [
            {"id": i, "email": f"c{i}@example.org", "name": f"Contact {i}", "status": "subscribed", **stamps}
            for i in ids
        ]
        await session.execute(insert(Contact), people)
        session.add(account)
        await session.flush()
        session.add_all(keys)
        content = {"content_json": dump_document(newsletter()), "segment_id": SEGMENT, "status": "SCHEDULED"}
        session.add(Campaign(id=campaign_id, name="Autumn", send_at=now, **content, **stamps))
    await database.close()
    return org_id, campaign_id


def signing(port: int, lanes: int, algorithms: list[DkimAlgorithm]) -> tuple[SendingAccount, list[DkimKey]]:
    """An account with a return path for each mail; its keys are not sealed."""
    now = SystemClock().now()
    who = {"from_email": "news@example.com", "bounce_address": "bounces@example.com"}
    where = {"host": "127.0.0.1", "port": port, "tls": "none", "lanes": lanes}
    keys = []
    for number, algorithm in enumerate(algorithms):
        pair = make_pair(algorithm)
        halves = {"private_sealed": pair.private, "public_key": pair.public, "active": True}
        name = {"selector": f"s{number}", "algorithm": algorithm.value}
        keys.append(DkimKey(id=1 + number, account_id=1, created_at=now, **name, **halves))
    return SendingAccount(id=1, name="Own", created_at=now, **who, **where), keys


def sending_side(database: Database) -> Sending:
    return assemble(
        database=database,
        clock=SystemClock(),
        random=Random(1),
        audience=Everyone(),
        mailer=SmtpMailer(),
        default_account=None,
        public_url="https://news.example.com",
        unseal=lambda sealed: sealed,
    )


async def finished(database: Database, org_id: int, campaign_id: str) -> bool:
    async with database.reader(org_id) as session:
        status = select(Campaign.status).where(Campaign.id == campaign_id)
        return await session.scalar(status) == "SENT"


def all_ends(sending: Sending, mails: int) -> asyncio.Event:
    """Set when so many mails have a durable end; asking the database for it would be part of the load."""
    done, left = asyncio.Event(), [mails]
    listen = sending.tools.monitor.listen

    def counting(ends: Ends, tripped: Mapping[Source, str]) -> None:
        listen(ends, tripped)
        left[0] -= len(ends)
        if left[0] <= 0:
            done.set()

    sending.tools.monitor.listen = counting  # type: ignore[method-assign]
    return done


async def ours(
    port: int, mails: int, lanes: int, place: Place, algorithms: list[DkimAlgorithm], *, full: bool
) -> tuple[float, float]:
    """(mails per second on the wire, contacts per second frozen and rendered for preflight)."""
    org_id, campaign_id = await seeded(place.app_url, mails, *signing(port, lanes, algorithms), full=full)
    database = Database(make_engine(place.worker_url))
    with tempfile.TemporaryDirectory() as folder:
        sending = sending_side(database)
        ends = all_ends(sending, mails)
        began = time.perf_counter()
        await sending.tools.freezer.freeze(org_id, campaign_id)
        frozen = time.perf_counter() - began
        began = time.perf_counter()
        async with sending.run(Path(folder) / "lock"):
            await ends.wait()
            while not await finished(database, org_id, campaign_id):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
            sent = time.perf_counter() - began
        await database.close()
    return mails / sent, mails / frozen


async def usual(port: int, mails: int, lanes: int) -> float:
    """Mails per second."""
    parts = compile_parts(newsletter())
    numbers = iter(range(mails))

    async def lane() -> None:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await client.connect()
        for number in numbers:
            filled = parts.render({"first_name": f"Contact {number}", "contact_id": str(number)})
            message = EmailMessage(policy=policy.SMTP)
            message["From"], message["To"] = "news@example.com", f"c{number}@example.org"
            message["Subject"] = filled.subject
            message.set_content(filled.text)
            message.add_alternative(filled.html, subtype="html")
            await client.send_message(message)
        await client.quit()

    began = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(lanes)))
    return mails / (time.perf_counter() - began)


def smtp_source(port: int, mails: int, lanes: int) -> float | None:
    """Mails per second, of the same size; None where it is not installed."""
    if SMTP_SOURCE is None:
        return None
    size = compile_parts(newsletter()).html.literal_size * 2
    command = [SMTP_SOURCE, "-m", str(mails), "-s", str(lanes), "-l", str(size), f"127.0.0.1:{port}"]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return mails / (time.perf_counter() - began)


def measure(
    database: Callable[[], AbstractContextManager[Place]],
    round_trip_ms: float,
    mails: int,
    lanes: int,
    rounds: int,
    *,
    algorithms: list[DkimAlgorithm],
    full: bool,
) -> Mapping[str, Any]:
    """One row: everything in turns against one sink."""
    name = ""
    speeds: dict[str, list[float]] = {"ours": [], "frozen": [], "usual": [], "smtp-source": []}
    with sink(round_trip_ms) as port:
        for _ in range(rounds):
            with database() as place:
                name = place.name
                sent, frozen = asyncio.run(ours(port, mails, lanes, place, algorithms, full=full))
            speeds["ours"].append(sent)
            speeds["frozen"].append(frozen)
            speeds["usual"].append(asyncio.run(usual(port, max(200, mails // 8), lanes)))
            source = smtp_source(port, mails, lanes)
            if source is not None:
                speeds["smtp-source"].append(source)
    found = {name: median(values) for name, values in speeds.items()}
    return {
        "database": name,
        "round trip": f"{round_trip_ms:.0f} ms",
        "ours/s": found["ours"],
        "usual/s": found["usual"],
        "ours/usual": found["ours"] / found["usual"],
        "ours/smtp-source": found["ours"] / found["smtp-source"],
        "frozen/s": found["frozen"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=5_000)
    parser.add_argument("--lanes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--dkim", choices=list(DkimAlgorithm), type=DkimAlgorithm, action="append", default=[]
    )
    parser.add_argument("--full", action="store_true", help="with tracking and every kind of cap")
    parser.add_argument("--json")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    tasks = ((0.0, options.mails), (50.0, max(500, options.mails // 4)))
    with running_server() as server:
        databases = [sqlite] if server is None else [sqlite, partial(postgresql, server)]
        rows = [
            measure(
                database,
                round_trip,
                mails,
                options.lanes,
                options.rounds,
                algorithms=options.dkim,
                full=options.full,
            )
            for round_trip, mails in tasks
            for database in databases
        ]
    signed = " and ".join(options.dkim) or "nothing"
    how = ", tracked and capped" if options.full else ""
    show(f"Sending a newsletter, every state on the disk, signed with {signed}{how}", rows)
    keep(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
