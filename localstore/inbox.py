"""What others wrote, as the feed brings it.

A clean row is replaced, one with words of its own never is. A batch and its cursor are one transaction,
so a batch is applied wholly or asked for again. A batch that deletes much of what is here is not applied:
the person is asked first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localstore.history import get_meta, put_meta, remember
from localstore.outbox import NO_FLIGHT
from localstore.records import DocKind, Hold
from localstore.rows import DOC, Content, DocRow, dump
from localstore.store import CLEAN, Store, key_of, newest

MOST_DELETED = 5
MOST_DELETED_SHARE = 0.25
ANSWER = "deletions"
"""The key of `meta` with the person's answer: "allow" or "keep"; "ask N M" while it is awaited."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """One change of the feed, already split into what a person writes and what the server says.

    `content` is None for a deletion.
    """

    kind: DocKind
    id: str
    content: Content | None
    rev: str = ""
    facts: Content = field(default_factory=dict)


class MassDeletionError(Exception):
    """So much would be deleted here that a person must say that it is meant."""

    def __init__(self, doomed: int, total: int) -> None:
        super().__init__(f"{doomed} of {total} documents were deleted on the server.")
        self.doomed, self.total = doomed, total


def too_many(doomed: int, total: int) -> bool:
    """Whether so many deletions are more likely a mistake than a wish."""
    return doomed > MOST_DELETED and doomed > MOST_DELETED_SHARE * total


class Inbox:
    """The receiving side of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def pulled(
        self, changes: Sequence[Pulled], cursor: str, *, witness: str | None = None, deleted_before: int = 0
    ) -> list[tuple[DocKind, str]]:
        """Apply a batch of the feed and its cursor together; what was replaced, by key.

        `deleted_before` counts what this pull deleted already. Raises `MassDeletionError`.
        """
        replaced = []
        async with self._store.writing() as connection:
            answer = await get_meta(connection, ANSWER)
            if answer not in ("allow", "keep"):
                answer = None
                await self._guard(connection, changes, deleted_before)
            for change in changes:
                row = await self._store.find(connection, change.kind, change.id)
                if await self._apply(connection, row, change, keep=answer == "keep"):
                    replaced.append((change.kind, change.id))
            if answer is not None and any(change.content is None for change in changes):
                await put_meta(connection, {ANSWER: ""})
            await put_meta(connection, {"cursor": cursor, "witness": witness or cursor})
        return replaced

    async def asked(self, error: MassDeletionError) -> None:
        """Keep the question, so that every window and the command line can show it."""
        await self._store.set_meta(**{ANSWER: f"ask {error.doomed} {error.total}"})

    async def _guard(
        self, connection: AsyncConnection, changes: Sequence[Pulled], deleted_before: int
    ) -> None:
        doomed = 0
        for change in changes:
            if change.content is None:
                row = await self._store.find(connection, change.kind, change.id)
                doomed += row is not None and row.mine is not None
        known = select(func.count()).select_from(DOC).where(DOC.c.base_rev.is_not(None))
        total = int((await connection.execute(known)).scalar_one()) + deleted_before
        if doomed and too_many(doomed + deleted_before, total):
            raise MassDeletionError(doomed + deleted_before, total)

    async def _apply(
        self, connection: AsyncConnection, row: DocRow | None, change: Pulled, *, keep: bool
    ) -> bool:
        if change.content is None:
            return row is not None and await self.delete(connection, row, keep=keep)
        if row is None:
            await self.insert(connection, change)
            return True
        if row.base_rev == change.rev or row.dirty or row.flight or row.hold:
            # A push that is due meets the newer row as a conflict and settles it there.
            await connection.execute(
                update(DOC).where(key_of(row.kind, row.id)).values(facts_json=dump(change.facts))
            )
            return False
        await self.replace(connection, row, change, "replaced by the server")
        return True

    async def insert(self, connection: AsyncConnection, change: Pulled) -> None:
        """A document that this computer did not know."""
        text = dump(change.content or {})
        values: dict[str, Any] = {"base_json": text, "base_rev": change.rev, "mine_json": text}
        values |= {"facts_json": dump(change.facts), "waiting_since": self._store.now()}
        await connection.execute(
            insert(DOC).values(kind=change.kind, id=change.id, recency=newest(), **values)
        )

    async def replace(self, connection: AsyncConnection, row: DocRow, change: Pulled, why: str) -> None:
        """Put the server's text in the place of a clean one."""
        await remember(connection, self._store.clock, row, why)
        text = dump(change.content or {})
        # A new number, so that an editor that still shows the old text cannot save over this one.
        seq = {"mine_seq": row.mine_seq + 1, "synced_seq": row.mine_seq + 1}
        values = {"base_json": text, "base_rev": change.rev, "mine_json": text, **seq}
        await connection.execute(
            update(DOC)
            .where(key_of(row.kind, row.id))
            .values(facts_json=dump(change.facts), recency=newest(), **values, **NO_FLIGHT, **CLEAN)
        )

    async def delete(self, connection: AsyncConnection, row: DocRow, *, keep: bool = False) -> bool:
        """Somebody deleted it. One with words of its own stays and asks; `keep` makes every one ask."""
        where = key_of(row.kind, row.id)
        if row.mine is not None and (keep or row.dirty or row.flight):
            held = {"hold": Hold.GONE, "hold_detail": "deleted by someone else"}
            dirty = {} if row.dirty else {"mine_seq": row.mine_seq + 1}
            await connection.execute(update(DOC).where(where).values(**NO_FLIGHT, **CLEAN | held, **dirty))
            return False
        await remember(connection, self._store.clock, row, "deleted on the server")
        await connection.execute(delete(DOC).where(where))
        return True
