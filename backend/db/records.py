"""What a write leaves besides its own rows: feed entries, audit rows, and the answer under its key.

They are written together at the end of the transaction. On PostgreSQL that is one statement instead of four:
the writers of an organisation take turns, so every trip to the server makes all who wait behind wait longer.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.feed import FeedChange, append_changes, feed_head, new_nonce
from backend.db.models.ledger import AuditEntry, IdempotencyRecord

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Applied:
    """A request that bears a key, and its answer."""

    user_id: int
    key: str
    request_hash: str
    answer: str


_AT_ONCE = text("""
WITH head AS (
  UPDATE org_feed SET seq = seq + :count WHERE org_id = :org_id RETURNING seq
), entries AS (
  INSERT INTO feed_entry (org_id, seq, kind, doc_id, updated_at, deleted, nonce, at)
  SELECT :org_id, head.seq - :count + e.seq, e.kind, e.doc_id, e.updated_at, e.deleted, e.nonce, :now
  FROM head, json_populate_recordset(NULL::feed_entry, CAST(:changes AS json)) e
), audits AS (
  INSERT INTO audit (org_id, id, at, user_id, action, target, client, before_hash, after_hash)
  SELECT :org_id, a.id, :now, a.user_id, a.action, a.target, a.client, a.before_hash, a.after_hash
  FROM json_populate_recordset(NULL::audit, CAST(:audits AS json)) a
), answers AS (
  INSERT INTO idempotency (org_id, user_id, key, request_hash, answer, reduced, feed, at)
  SELECT :org_id, i.user_id, i.key, i.request_hash, i.answer, false, head.seq || '.' || :nonce, :now
  FROM head, json_populate_recordset(NULL::idempotency, CAST(:answers AS json)) i
)
SELECT seq FROM head
""")


async def write_records(
    session: AsyncSession,
    changes: Iterable[FeedChange],
    audits: Sequence[Columns],
    applied: Applied | None,
    now: datetime,
) -> str:
    """`seq.nonce` of the newest change, or of the newest there was if there is none.

    `audits`: the columns of `AuditEntry` without the moment.
    """
    listed = list(changes)
    if listed and session.get_bind().dialect.name == "postgresql":
        return await _at_once(session, listed, audits, applied, now)
    session.add_all(AuditEntry(at=now, **columns) for columns in audits)
    feed = await append_changes(session, listed, now) or await feed_head(session)
    if applied is not None:
        session.add(IdempotencyRecord(at=now, feed=feed, **_columns(applied)))
    return feed


def _columns(applied: Applied) -> Columns:
    return {name: getattr(applied, name) for name in Applied.__slots__}


async def _at_once(
    session: AsyncSession,
    changes: Sequence[FeedChange],
    audits: Sequence[Mapping[str, Any]],
    applied: Applied | None,
    now: datetime,
) -> str:
    nonces = [new_nonce() for _ in changes]
    entries = [
        {
            "seq": place,
            "kind": change.kind.value,
            "doc_id": change.doc_id,
            "updated_at": change.updated_at,
            "deleted": change.deleted,
            "nonce": nonce,
        }
        for place, (change, nonce) in enumerate(zip(changes, nonces, strict=True), start=1)
    ]
    values = {
        "org_id": session.info["org_id"],
        "count": len(entries),
        "now": now,
        "nonce": nonces[-1],
        "changes": json.dumps(entries),
        "audits": json.dumps(audits),
        "answers": json.dumps([_columns(applied)] if applied else []),
    }
    written = await session.execute(_AT_ONCE, values, execution_options={"unscoped": True})
    return f"{written.scalar_one()}.{nonces[-1]}"
