"""For a request that is too much for one transaction: several, each committed by itself.

Others write between two of them. What was committed stays if the rest fails, so whoever uses this must be
harmless to repeat.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from backend.idempotency import Keyed, recorded_answer
from backend.parts import Parts
from backend.work import Work

Begin = Callable[[AsyncSession], Awaitable[Work]]


class Batches:
    """`feed` is where the last commit left the feed; `key` is the request's Idempotency-Key."""

    def __init__(self, parts: Parts, org_id: int, key: str | None, begin: Begin) -> None:
        self.parts = parts
        self.feed: str | None = None
        self._org_id = org_id
        self._key = key
        self._begin = begin

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Work]:
        """Work that changes nothing. Raises `UnauthenticatedError` once the member is gone."""
        async with self.parts.database.reader(self._org_id) as session:
            yield await self._begin(session)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Work]:
        """Work that is committed at the end of the block."""
        async with self.parts.database.writer(self._org_id) as session:
            work = await self._begin(session)
            yield work
            feed = await work.write_records()
        self.feed = feed
        self.parts.pokes.poke(self._org_id)

    async def recorded(self, work: Work, fingerprint: str) -> bytes | None:
        """The answer that was given under the key. Raises `KeyReusedError` if to another request."""
        if self._key is None:
            return None
        found = await recorded_answer(work.session, Keyed(work.actor.user_id, self._key, fingerprint))
        if found is None:
            return None
        self.feed = found.feed
        return found.body

    async def record(self, work: Work, fingerprint: str, answer: bytes) -> None:
        """Keep the answer under the key, in the transaction that ends the request."""
        if self._key is None:
            return
        keyed = Keyed(work.actor.user_id, self._key, fingerprint)
        if await recorded_answer(work.session, keyed) is None:
            await work.write_records(keyed.applied(answer))


CurrentBatches = NamedDependency[Batches]
"""How a route with `opt={"streams": True}` asks for its transactions."""
