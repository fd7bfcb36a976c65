"""The same request twice has the effect of one: its key and answer are kept with what it changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.ledger import IdempotencyRecord
from contract.problems import InvalidError, KeyReusedError

MAX_KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer given before: its body, and the feed position it carried."""

    body: bytes
    feed: str


def request_hash(method: str, path: str, query: bytes, body: bytes) -> str:
    """What makes two requests the same."""
    digest = hashlib.sha256()
    for part in (method.encode(), path.encode(), query, body):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()


def checked_key(key: str | None) -> str | None:
    """The header's value; raises `InvalidError` for one that cannot be kept."""
    if key is not None and not 0 < len(key) <= MAX_KEY_LENGTH:
        raise InvalidError(f"Idempotency-Key: expected 1 to {MAX_KEY_LENGTH} characters")
    return key


async def claim_key(
    session: AsyncSession, user_id: int, key: str, fingerprint: str, now: datetime
) -> Recorded | None:
    """Insert the key first, or give the answer recorded under it.

    Raises `KeyReusedError` if it was another request.
    """
    mine = select(IdempotencyRecord).where(IdempotencyRecord.user_id == user_id, IdempotencyRecord.key == key)
    known = await session.scalar(mine)
    if known is None:
        session.add(IdempotencyRecord(user_id=user_id, key=key, request_hash=fingerprint, at=now))
        await session.flush()
        return None
    if known.request_hash != fingerprint:
        raise KeyReusedError
    return Recorded((known.answer or "{}").encode(), known.feed or "")


async def record_answer(session: AsyncSession, user_id: int, key: str, answer: Recorded) -> None:
    """Keep the answer with the claimed key."""
    mine = (IdempotencyRecord.user_id == user_id, IdempotencyRecord.key == key)
    await session.execute(
        update(IdempotencyRecord).where(*mine).values(answer=answer.body.decode(), feed=answer.feed)
    )
