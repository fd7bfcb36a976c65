"""The same request twice has the effect of one: its key and answer are kept with what it changed."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.ledger import IdempotencyRecord
from backend.db.records import Applied
from contract.problems import InvalidError, KeyReusedError

MAX_KEY_LENGTH = 200
_RECORDED = select(IdempotencyRecord.request_hash, IdempotencyRecord.answer, IdempotencyRecord.feed).where(
    IdempotencyRecord.user_id == bindparam("user_id"), IdempotencyRecord.key == bindparam("key")
)


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

    def applied(self, answer: bytes) -> Applied:
        """The request with its answer, to be kept with what it tells of."""
        return Applied(self.user_id, self.key, self.fingerprint, answer.decode())


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
    known = (await session.execute(_RECORDED, {"user_id": keyed.user_id, "key": keyed.key})).first()
    if known is None:
        return None
    if known.request_hash != keyed.fingerprint:
        raise KeyReusedError
    return Recorded((known.answer or "{}").encode(), known.feed or "")
