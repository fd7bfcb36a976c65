"""What a person decides about a document that waits; each method is one transaction.

Every way out keeps what it replaces in the history. None of them writes to the server by itself: what was
decided is pushed like any other edit, as a compare-and-swap.
"""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localstore.history import remember
from localstore.outbox import NO_FLIGHT
from localstore.records import DocKind, Hold
from localstore.rows import DOC, HISTORY, Content, DocRow, dump, load
from localstore.store import CLEAN, NO_THEIRS, StaleEditError, Store, key_of, newest


class Decisions:
    """The deciding side of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def settle(self, kind: DocKind, id: str, choice: str, copy_id: str) -> None:
        """End a hold: mine (write over theirs), theirs (drop mine), both (theirs here, mine as a copy).

        Of a document that is gone on the server, mine is created anew under `copy_id`.
        """
        async with self._store.writing() as connection:
            row = await self._store.find(connection, kind, id)
            if row is None or row.hold is None:
                return
            await self._remember_both(connection, row, f"decided: {choice}")
            if choice == "both" or (row.hold is Hold.GONE and choice == "mine"):
                suffix = " (my copy)" if choice == "both" else ""
                await self._copy(connection, row, copy_id, suffix)
            there = row.theirs if row.theirs is not None else row.base
            gone = row.hold is Hold.GONE or (row.hold is Hold.REWOUND and row.theirs is None)
            if row.hold is Hold.GONE or (choice != "mine" and (gone or there is None)):
                await connection.execute(delete(DOC).where(key_of(kind, id)))
                return
            await connection.execute(update(DOC).where(key_of(kind, id)).values(**_settled(row, choice)))

    async def accept(
        self, kind: DocKind, id: str, content: Content, *, seen_seq: int, theirs_rev: str
    ) -> None:
        """End a conflict with a text made of both. Raises `StaleEditError` if either side moved on."""
        async with self._store.writing() as connection:
            row = await self._store.find(connection, kind, id)
            if row is None or row.theirs is None or (row.mine_seq, row.theirs_rev) != (seen_seq, theirs_rev):
                raise StaleEditError
            await self._remember_both(connection, row, "settled")
            seq = row.mine_seq + 1
            same = dump(content) == dump(row.theirs)
            values = {"mine_json": dump(content), "mine_seq": seq, "base_json": dump(row.theirs)}
            values |= {"base_rev": row.theirs_rev, "synced_seq": seq if same else row.synced_seq}
            await connection.execute(
                update(DOC).where(key_of(kind, id)).values(**values, **NO_THEIRS, **CLEAN, recency=newest())
            )

    async def dispute(
        self,
        kind: DocKind,
        id: str,
        content: Content,
        *,
        seen_seq: int,
        base: Content | None,
        rev: str | None,
    ) -> None:
        """Words typed on a text that was replaced, and that cannot be merged with it: ask.

        `base` and `rev` are what the typed words grew from. Raises `StaleEditError` as `Store.save` does.
        """
        async with self._store.writing() as connection:
            row = await self._store.find(connection, kind, id)
            if row is None or row.mine_seq != seen_seq or row.base is None:
                raise StaleEditError
            await self._remember_both(connection, row, "typed over")
            values: dict[str, Any] = {
                "base_json": dump(base) if base is not None else None,
                "base_rev": rev if base is not None else None,
                "theirs_json": dump(row.base),
                "theirs_rev": row.base_rev,
                "mine_json": dump(content),
                "mine_seq": seen_seq + 1,
            }
            held = {"hold": Hold.CONFLICT, "hold_detail": "Someone changed the same words while you typed."}
            await connection.execute(
                update(DOC).where(key_of(kind, id)).values(**values, **NO_FLIGHT, **CLEAN | held)
            )

    async def bring_back(self, n: int, copy_id: str) -> tuple[DocKind, str] | None:
        """Put a kept text in the place of the present one; of a document that is gone, as a new one."""
        async with self._store.writing() as connection:
            kept = (await connection.execute(select(HISTORY).where(HISTORY.c.n == n))).mappings().first()
            content = load(kept["body"]) if kept is not None else None
            if kept is None or content is None:
                return None
            kind = DocKind(kept["kind"])
            row = await self._store.find(connection, kind, kept["id"])
            if row is None or row.mine is None:
                await self._store.insert_new(connection, kind, copy_id, content)
                return kind, copy_id
            await remember(connection, self._store.clock, row, "an older text was brought back")
            seq = row.mine_seq + 1
            await connection.execute(
                update(DOC)
                .where(key_of(kind, row.id))
                .values(mine_json=kept["body"], mine_seq=seq, recency=newest())
            )
            return kind, row.id

    async def _remember_both(self, connection: AsyncConnection, row: DocRow, why: str) -> None:
        theirs = row.theirs if row.theirs is not None else row.base
        if theirs is not None and theirs != row.mine:
            await remember(connection, self._store.clock, row, f"{why}, theirs", theirs)
        await remember(connection, self._store.clock, row, f"{why}, mine")

    async def _copy(self, connection: AsyncConnection, row: DocRow, copy_id: str, suffix: str) -> None:
        if row.mine is None:
            return
        content = row.mine | {"name": f"{row.mine.get('name', '')}{suffix}"[:200]}
        if suffix and "sendAt" in content:
            content["sendAt"] = None
        await self._store.insert_new(connection, row.kind, copy_id, content)


def _settled(row: DocRow, choice: str) -> dict[str, Any]:
    seq = row.mine_seq + 1
    theirs = row.theirs if row.theirs is not None else row.base
    rev = row.theirs_rev or row.base_rev
    values: dict[str, Any] = {"mine_seq": seq, **NO_THEIRS, **CLEAN}
    if row.hold is Hold.REWOUND and row.theirs is None:
        # The server does not have it any more: it is created again, under its own id.
        return values | {"base_json": None, "base_rev": None, "facts_json": "{}"}
    if theirs is not None:
        values |= {"base_json": dump(theirs), "base_rev": rev}
        if choice != "mine":
            values |= {"mine_json": dump(theirs), "synced_seq": seq}
    return values
