"""Forgetting what no client needs any more, once at the start and then every few hours.

Kept are: tombstones and superseded feed entries for 180 days, whole answers under an idempotency key for a
day and their id and version for 90 days, sign-ins until their refresh token has ended, ended worker sessions
for a week.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from backend.auth.tokens import REFRESH_DAYS
from backend.db.engine import Database
from backend.db.models.delivery import WorkerSession
from backend.db.models.feed import FeedEntry, OrgFeed
from backend.db.models.ledger import IdempotencyRecord
from backend.db.models.org import Org, TokenFamily
from backend.parts import Parts
from backend.ports import Ports

EVERY_SECONDS = 6 * 3600.0
FEED_KEPT = timedelta(days=180)
ANSWER_KEPT = timedelta(hours=24)
KEY_KEPT = timedelta(days=90)
SESSION_KEPT = timedelta(days=7)
BATCH = 500

log = structlog.get_logger("handbill.backend")


async def prune_feed(session: AsyncSession, now: datetime) -> None:
    """Drop old entries that a later one replaced, and old tombstones; never the newest entry."""
    later = aliased(FeedEntry)
    replaced = exists().where(
        later.kind == FeedEntry.kind, later.doc_id == FeedEntry.doc_id, later.seq > FeedEntry.seq
    )
    newest = select(func.max(later.seq)).scalar_subquery()
    old = select(FeedEntry.seq).where(
        FeedEntry.at < now - FEED_KEPT,
        FeedEntry.seq < newest,
        or_(FeedEntry.deleted, replaced),
    )
    dropped = list(await session.scalars(old.order_by(FeedEntry.seq)))
    if not dropped:
        return
    for start in range(0, len(dropped), BATCH):
        await session.execute(delete(FeedEntry).where(FeedEntry.seq.in_(dropped[start : start + BATCH])))
    await session.execute(update(OrgFeed).values(pruned_through=dropped[-1]))


def reduced_answer(answer: str) -> str:
    """The answer with nothing but the ids and versions of its rows."""
    whole: dict[str, Any] = json.loads(answer)
    kept = {
        name: {key: row[key] for key in ("id", "updatedAt") if key in row}
        for name, row in whole.items()
        if isinstance(row, dict)
    }
    return json.dumps(kept)


async def prune_keys(session: AsyncSession, now: datetime) -> None:
    """Drop keys after 90 days, and shorten their answers after one."""
    await session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.at < now - KEY_KEPT))
    old = select(IdempotencyRecord).where(
        IdempotencyRecord.at < now - ANSWER_KEPT, IdempotencyRecord.reduced.is_(False)
    )
    for record in await session.scalars(old):
        record.answer = reduced_answer(record.answer or "{}")
        record.reduced = True


async def prune_families(session: AsyncSession, now: datetime) -> None:
    """Drop sign-ins whose last refresh token has ended."""
    ended = TokenFamily.rotated_at < now - timedelta(days=REFRESH_DAYS)
    await session.execute(delete(TokenFamily).where(ended))


async def prune_sessions(database: Database, now: datetime) -> None:
    """Drop worker sessions that were fenced long ago. What they sent keeps its state without them."""
    ended = delete(WorkerSession).where(WorkerSession.fenced, WorkerSession.expires_at < now - SESSION_KEPT)
    async with database.system_writer() as session:
        await session.execute(ended)


async def tidy(database: Database, now: datetime) -> None:
    """One round over every organisation, each in a short transaction of its own."""
    await prune_sessions(database, now)
    async with database.system_reader() as session:
        org_ids = list(await session.scalars(select(Org.id)))
    for org_id in org_ids:
        for prune in (prune_feed, prune_keys, prune_families):
            async with database.writer(org_id) as session:
                await prune(session, now)


async def _keep_tidy(parts: Parts) -> None:
    while True:
        try:
            await tidy(parts.database, parts.clock.now())
        except Exception as error:  # noqa: BLE001 - the next round tries again; serving goes on
            log.warning("housekeeping failed", error=type(error).__name__)
        await parts.clock.sleep(EVERY_SECONDS)


@asynccontextmanager
async def housekeeping(parts: Parts, ports: Ports) -> AsyncIterator[None]:
    """Runs beside the routes."""
    del ports
    task = asyncio.create_task(_keep_tidy(parts))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
