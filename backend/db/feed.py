"""Writing to the change feed, and giving out row ids, inside the caller's write transaction.

The sequence number comes from a row that the transaction locks, so that its order is the order of
commits: a reader that saw number n never misses one below it.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.feed import FeedEntry, OrgFeed
from contract.feed import Kind

_NOTHING_LOADED = {"synchronize_session": False}
"""No session holds a counter as an object, so there is none to keep true."""
_TAKE_NUMBERS = update(OrgFeed).values(seq=OrgFeed.seq + bindparam("count")).returning(OrgFeed.seq)


@dataclass(frozen=True, slots=True)
class FeedChange:
    """What changed. `updated_at` as on the wire; None for markers that speak of no single row."""

    kind: Kind
    doc_id: str
    updated_at: str | None = None
    deleted: bool = False


def new_nonce() -> str:
    """What makes one history distinguishable from another."""
    return secrets.token_hex(8)


async def append_changes(session: AsyncSession, changes: Iterable[FeedChange], now: datetime) -> str | None:
    """Give each change the next number of this session's organisation; `seq.nonce` of the last one."""
    listed = list(changes)
    if not listed:
        return None
    nonces = [new_nonce() for _ in listed]
    last = await session.scalar(_TAKE_NUMBERS, {"count": len(listed)}, execution_options=_NOTHING_LOADED)
    assert last is not None
    for seq, (change, nonce) in enumerate(zip(listed, nonces, strict=True), start=last - len(listed) + 1):
        session.add(
            FeedEntry(
                seq=seq,
                kind=change.kind.value,
                doc_id=change.doc_id,
                updated_at=change.updated_at,
                deleted=change.deleted,
                nonce=nonce,
                at=now,
            )
        )
    return f"{last}.{nonces[-1]}"


async def feed_head(session: AsyncSession) -> str:
    """`seq.nonce` of the newest change this transaction sees."""
    newest = select(FeedEntry.seq, FeedEntry.nonce).order_by(FeedEntry.seq.desc()).limit(1)
    row = (await session.execute(newest)).one()
    return f"{row.seq}.{row.nonce}"


async def take_row_ids(session: AsyncSession, count: int = 1) -> range:
    """`count` fresh ids for contacts, accounts or deliveries of this session's organisation."""
    taken = update(OrgFeed).values(last_row_id=OrgFeed.last_row_id + count).returning(OrgFeed.last_row_id)
    last = (await session.execute(taken, execution_options=_NOTHING_LOADED)).scalar_one()
    return range(last - count + 1, last + 1)
