"""One account's file: reading it, and what a person's keys do to it; each method is one transaction.

When a method returns, its change is on the disk. What is about to be replaced by the server's word, a
decision or a deletion goes to `history` first.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import case, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from contract.clock import Clock
from localstore.engine import open_reader, open_writer
from localstore.history import Provenance, provenance, put_meta, remember
from localstore.records import DocKind, Hold
from localstore.rows import DOC, HISTORY, META, Content, DocRow, Waiting, dump, row_from
from localstore.undo_line import UndoLine, UndoMove
from localstore.undo_rows import put_move, undo_line

CLEAN: dict[str, Any] = {
    "hold": None, "hold_detail": "", "attempts": 0, "next_attempt_at": 0, "last_error": "",
}  # fmt: skip
"""A row that waits for nothing and nobody."""
NO_THEIRS: dict[str, Any] = {"theirs_json": None, "theirs_rev": None}
MOST_DUE = 64
"""How many documents the engine looks at in one turn."""
_TRIED_AGAIN_WHEN_EDITED = (Hold.REJECTED, Hold.NEEDS_PARENT)


class StaleEditError(Exception):
    """The draft is no longer the one that was read."""


class ForeignStoreError(Exception):
    """The file belongs to another account: nothing in it may be shown or sent."""


def key_of(kind: DocKind, id: str) -> Any:
    """The row of one document."""
    return (DOC.c.kind == kind) & (DOC.c.id == id)


def newest() -> Any:
    """The place of what changes now: after everything else, whatever the clock says."""
    latest = DOC.alias("latest")
    return select(func.coalesce(func.max(latest.c.recency), 0) + 1).scalar_subquery()


class Store:
    """The writer of one account's file. `path` must have been through `schema.prepare`."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._writer = open_writer(path)
        self._reader = open_reader(path)
        self.commits = 0

    async def close(self) -> None:
        await self._writer.dispose()
        await self._reader.dispose()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: begun IMMEDIATE, durable when the block is left."""
        async with self._writer.begin() as connection:
            yield connection
        self.commits += 1

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One view of what is committed; waits for no writer."""
        async with self._reader.connect() as connection:
            yield connection

    async def checkpoint(self) -> None:
        """Move the log into the file. Only the process that syncs does it, when nothing else happens."""
        async with self._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()

    async def claim(self, identity: str) -> None:
        """Make sure that the file is this account's. Raises `ForeignStoreError`."""
        async with self.writing() as connection:
            known = (await connection.execute(select(META.c.v).where(META.c.k == "account"))).scalar()
            if known is None:
                await put_meta(connection, {"account": identity})
            elif known != identity:
                raise ForeignStoreError

    def now(self) -> float:
        """Seconds since the epoch, as the file stores times."""
        return self.clock.now().timestamp()

    async def row(self, kind: DocKind, id: str) -> DocRow | None:
        """One document."""
        async with self.reading() as connection:
            return await self.find(connection, kind, id)

    async def find(self, connection: AsyncConnection, kind: DocKind, id: str) -> DocRow | None:
        """One document, inside a transaction."""
        found = (await connection.execute(select(DOC).where(key_of(kind, id)))).mappings().first()
        return row_from(found) if found is not None else None

    async def rows(self, connection: AsyncConnection) -> list[DocRow]:
        """Every document, inside a transaction."""
        return [row_from(row) for row in (await connection.execute(select(DOC))).mappings()]

    async def unsettled(self) -> list[DocRow]:
        """Documents with something to push, or with a request whose answer is not known."""
        waits = or_(DOC.c.mine_seq != DOC.c.synced_seq, DOC.c.flight_op.is_not(None))
        async with self.reading() as connection:
            return [row_from(row) for row in (await connection.execute(select(DOC).where(waits))).mappings()]

    async def due(self) -> list[Waiting]:
        """Those that may go next, the soonest first; what waits for a person is left out."""
        waits = or_(DOC.c.mine_seq != DOC.c.synced_seq, DOC.c.flight_op.is_not(None))
        going = or_(DOC.c.hold.is_(None), DOC.c.hold == Hold.NEEDS_PARENT)
        columns = (DOC.c.kind, DOC.c.id, DOC.c.mine_seq, DOC.c.hold, DOC.c.next_attempt_at)
        states = (DOC.c.mine_json.is_(None), DOC.c.flight_op.is_not(None))
        query = select(*columns, *states).where(waits, going)
        soonest = query.order_by(DOC.c.hold.is_not(None), DOC.c.next_attempt_at).limit(MOST_DUE)
        async with self.reading() as connection:
            return [
                Waiting(
                    DocKind(kind), id, seq, bool(deleted), bool(flying), Hold(hold) if hold else None, pause
                )
                for kind, id, seq, hold, pause, deleted, flying in await connection.execute(soonest)
            ]

    async def provenance(self, kind: DocKind, id: str, seq: int) -> Provenance | None:
        """From what a snapshot had grown when something else took its place."""
        async with self.reading() as connection:
            return await provenance(connection, kind, id, seq)

    async def meta(self) -> dict[str, str]:
        """What the file knows of itself and of the feed."""
        async with self.reading() as connection:
            return {row.k: row.v for row in await connection.execute(select(META))}

    async def set_meta(self, **values: str) -> None:
        """Store values of `meta`."""
        async with self.writing() as connection:
            await put_meta(connection, values)

    async def undo_line(self, kind: DocKind, id: str) -> UndoLine:
        """The undo steps of a draft; they belong to its content number `seq` only."""
        async with self.reading() as connection:
            return await undo_line(connection, kind, id)

    # What a person does

    async def create(self, kind: DocKind, id: str, content: Content) -> None:
        """A new document that the server does not know yet."""
        async with self.writing() as connection:
            await self.insert_new(connection, kind, id, content)

    async def insert_new(self, connection: AsyncConnection, kind: DocKind, id: str, content: Content) -> None:
        """The same inside a transaction."""
        values = {"mine_json": dump(content), "mine_seq": 1, "waiting_since": self.now()}
        await connection.execute(insert(DOC).values(kind=kind, id=id, recency=newest(), **values))

    async def save(
        self, kind: DocKind, id: str, content: Content, seen_seq: int, undo: UndoMove | None = None
    ) -> int:
        """Store what was typed; the new `mine_seq`. A content the server refused may be tried again.

        With `undo` the draft's line of undo steps goes along with it; without, it ends here.
        Raises `StaleEditError` if the draft is no longer the one that was read.
        """
        clean = DOC.c.mine_seq == DOC.c.synced_seq
        freed = DOC.c.hold.in_(_TRIED_AGAIN_WHEN_EDITED)
        again = {name: case((freed, value), else_=DOC.c[name]) for name, value in CLEAN.items()}
        line = {"undo_seq": seen_seq + 1, "undo_at": undo.at} if undo is not None else {}
        async with self.writing() as connection:
            changed = await connection.execute(
                update(DOC)
                .where(key_of(kind, id), DOC.c.mine_seq == seen_seq)
                .values(
                    mine_json=dump(content),
                    mine_seq=seen_seq + 1,
                    recency=newest(),
                    waiting_since=case((clean, self.now()), else_=DOC.c.waiting_since),
                    **again,
                    **line,
                )
            )
            if undo is not None and changed.rowcount == 1:
                await put_move(connection, kind, id, undo)
        if changed.rowcount != 1:
            raise StaleEditError
        return seen_seq + 1

    async def remove(self, kind: DocKind, id: str, undo_seconds: float) -> None:
        """Delete here; it may be pushed after `undo_seconds`."""
        async with self.writing() as connection:
            row = await self.find(connection, kind, id)
            if row is None or row.mine is None:
                return
            await remember(connection, self.clock, row, "deleted here")
            later = {"next_attempt_at": self.now() + undo_seconds, "waiting_since": self.now()}
            await connection.execute(
                update(DOC)
                .where(key_of(kind, id))
                .values(mine_json=None, mine_seq=row.mine_seq + 1, **NO_THEIRS, **CLEAN | later)
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
            clean = row.base is not None and dump(row.base) == last and row.flight is None
            seq = row.mine_seq + 1
            synced = seq if clean else row.synced_seq
            await connection.execute(
                update(DOC)
                .where(key_of(kind, id))
                .values(mine_json=last, mine_seq=seq, synced_seq=synced, recency=newest(), **CLEAN)
            )
