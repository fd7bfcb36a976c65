"""What a person does to the local store; each method is one transaction.

When a method returns, its change is on the disk. Whatever is about to be replaced by the server's word,
a decision or a deletion goes to `history` first, so that it can be brought back for 30 days.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contract.clock import Clock
from localstore.engine import open_engine
from localstore.records import DocKind, Hold
from localstore.rows import DOC, HISTORY, META, Content, DocRow, dump, row_from

HISTORY_SECONDS = 30 * 24 * 3600
CLEAN = {"hold": None, "hold_detail": "", "attempts": 0, "next_attempt_at": 0, "last_error": ""}


class StaleEditError(Exception):
    """Another window changed this draft since it was read."""


def key_of(kind: DocKind, id: str) -> Any:
    """The row of one document."""
    return (DOC.c.kind == kind) & (DOC.c.id == id)


async def put_meta(connection: AsyncConnection, values: dict[str, str]) -> None:
    """Write values of `meta`."""
    for key, value in values.items():
        await connection.execute(delete(META).where(META.c.k == key))
        await connection.execute(insert(META).values(k=key, v=value))


async def remember(connection: AsyncConnection, now: float, row: DocRow, why: str) -> None:
    """Keep what is about to be replaced."""
    if row.mine is None:
        return
    await connection.execute(
        insert(HISTORY).values(kind=row.kind, id=row.id, at=now, why=why, body=dump(row.mine))
    )
    await connection.execute(delete(HISTORY).where(HISTORY.c.at < now - HISTORY_SECONDS))


class Store:
    """The writer of one account's file. `path` must have been through `schema.prepare`."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self._clock = clock
        self._engine = open_engine(path)

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: begun IMMEDIATE, durable when the block is left."""
        async with self._engine.begin() as connection:
            yield connection

    def now(self) -> float:
        """Seconds since the epoch, as the file stores times."""
        return self._clock.now().timestamp()

    async def row(self, kind: DocKind, id: str) -> DocRow | None:
        """One document."""
        async with self.writing() as connection:
            return await self.find(connection, kind, id)

    async def find(self, connection: AsyncConnection, kind: DocKind, id: str) -> DocRow | None:
        """One document, inside a transaction."""
        found = (await connection.execute(select(DOC).where(key_of(kind, id)))).mappings().first()
        return row_from(found) if found is not None else None

    async def unsettled(self) -> list[DocRow]:
        """Documents with something to push, or with a request whose answer is not known."""
        waits = (DOC.c.mine_seq != DOC.c.synced_seq) | DOC.c.flight_op.is_not(None)
        async with self.writing() as connection:
            return [row_from(row) for row in (await connection.execute(select(DOC).where(waits))).mappings()]

    async def meta(self) -> dict[str, str]:
        """What the file knows of itself and of the feed."""
        async with self.writing() as connection:
            return {row.k: row.v for row in await connection.execute(select(META))}

    async def set_meta(self, **values: str) -> None:
        """Store values of `meta`."""
        async with self.writing() as connection:
            await put_meta(connection, values)

    async def create(self, kind: DocKind, id: str, content: Content) -> None:
        """A new document that the server does not know yet."""
        async with self.writing() as connection:
            await connection.execute(
                insert(DOC).values(
                    kind=kind, id=id, mine_json=dump(content), mine_seq=1, changed_at=self.now()
                )
            )

    async def save(self, kind: DocKind, id: str, content: Content, seen_seq: int) -> int:
        """Store what was typed; the new `mine_seq`. A content the server refused may be tried again.

        Raises `StaleEditError` if the draft is no longer the one that was read.
        """
        retry_refused = {"hold": None, "hold_detail": "", "attempts": 0, "next_attempt_at": 0}
        async with self.writing() as connection:
            changed = await connection.execute(
                update(DOC)
                .where(key_of(kind, id), DOC.c.mine_seq == seen_seq)
                .values(mine_json=dump(content), mine_seq=seen_seq + 1, changed_at=self.now())
            )
            if changed.rowcount != 1:
                raise StaleEditError
            await connection.execute(
                update(DOC).where(key_of(kind, id), DOC.c.hold == Hold.REJECTED).values(**retry_refused)
            )
        return seen_seq + 1

    async def remove(self, kind: DocKind, id: str, undo_seconds: float) -> None:
        """Delete here; it may be pushed after `undo_seconds`."""
        async with self.writing() as connection:
            row = await self.find(connection, kind, id)
            if row is None or row.mine is None:
                return
            await remember(connection, self.now(), row, "deleted here")
            await connection.execute(
                update(DOC)
                .where(key_of(kind, id))
                .values(
                    mine_json=None,
                    mine_seq=row.mine_seq + 1,
                    **CLEAN | {"next_attempt_at": self.now() + undo_seconds},
                )
            )

    async def restore(self, kind: DocKind, id: str) -> None:
        """Take the latest deletion here back, if it has not left yet."""
        async with self.writing() as connection:
            last = (
                await connection.execute(
                    select(HISTORY.c.body)
                    .where(HISTORY.c.kind == kind, HISTORY.c.id == id, HISTORY.c.why == "deleted here")
                    .order_by(HISTORY.c.n.desc())
                )
            ).scalar()
            row = await self.find(connection, kind, id)
            if last is None or row is None or row.mine is not None:
                return
            clean = row.base is not None and dump(row.base) == last
            seq = row.mine_seq + 1
            await connection.execute(
                update(DOC)
                .where(key_of(kind, id))
                .values(
                    mine_json=last,
                    mine_seq=seq,
                    synced_seq=seq if clean and row.flight is None else row.synced_seq,
                    **CLEAN,
                )
            )

    async def settle(self, kind: DocKind, id: str, choice: str, copy_id: str) -> None:
        """End a hold: mine (write over theirs), theirs (drop mine), both (theirs here, mine as a copy).

        Of a document that is gone on the server, mine is created anew under `copy_id`.
        """
        async with self.writing() as connection:
            row = await self.find(connection, kind, id)
            if row is None or row.hold is None:
                return
            await remember(connection, self.now(), row, f"decided: {choice}")
            if row.hold is Hold.GONE:
                await connection.execute(delete(DOC).where(key_of(kind, id)))
                if choice != "theirs" and row.mine is not None:
                    await self._copy(connection, row, copy_id, "")
                return
            if choice == "both":
                await self._copy(connection, row, copy_id, " (my copy)")
            await connection.execute(update(DOC).where(key_of(kind, id)).values(**self._settled(row, choice)))

    def _settled(self, row: DocRow, choice: str) -> dict[str, Any]:
        seq = row.mine_seq + 1
        theirs = row.theirs if row.theirs is not None else row.base
        rev = row.theirs_rev or row.base_rev
        values: dict[str, Any] = {"mine_seq": seq, "theirs_json": None, "theirs_rev": None, **CLEAN}
        if theirs is not None:
            values |= {"base_json": dump(theirs), "base_rev": rev}
        if choice != "mine" and theirs is not None:
            values |= {"mine_json": dump(theirs), "synced_seq": seq}
        return values

    async def _copy(self, connection: AsyncConnection, row: DocRow, copy_id: str, suffix: str) -> None:
        if row.mine is None:
            return
        content = row.mine | {"name": f"{row.mine.get('name', '')}{suffix}"[:200]}
        await connection.execute(
            insert(DOC).values(
                kind=row.kind, id=copy_id, mine_json=dump(content), mine_seq=1, changed_at=self.now()
            )
        )
