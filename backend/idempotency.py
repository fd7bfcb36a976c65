"""The same request twice has the effect of one: its key and answer are kept with what it changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.ledger import IdempotencyRecord
from contract.problems import InvalidError, KeyReusedError

MAX_KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer given before: its body, and the feed position it carried."""

    body: bytes
    feed: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request that bears a key: whose it is, and what makes it the same request."""

    user_id: int
    key: str
    fingerprint: str


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


async def recorded_answer(session: AsyncSession, keyed: Keyed) -> Recorded | None:
    """The answer recorded under the key, if any.

    The writers of an organisation take turns, so nobody can be about to record another one.
    Raises `KeyReusedError` if it was another request.
    """
    known = await session.scalar(
        select(IdempotencyRecord).where(
            IdempotencyRecord.user_id == keyed.user_id, IdempotencyRecord.key == keyed.key
        )
    )
    if known is None:
        return None
    if known.request_hash != keyed.fingerprint:
        raise KeyReusedError
    return Recorded((known.answer or "{}").encode(), known.feed or "")


def record_answer(session: AsyncSession, keyed: Keyed, answer: Recorded, now: datetime) -> None:
    """Keep the answer with what it tells of."""
    session.add(
        IdempotencyRecord(
            user_id=keyed.user_id,
            key=keyed.key,
            request_hash=keyed.fingerprint,
            answer=answer.body.decode(),
            feed=answer.feed,
            at=now,
        )
    )
