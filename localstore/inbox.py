"""What others wrote, as the feed brings it.

A clean row is replaced, one with words of its own never is. A batch and its cursor are one transaction,
so a batch is applied wholly or asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localstore.outbox import NO_FLIGHT
from localstore.records import DocKind, Hold
from localstore.rows import DOC, Content, DocRow, dump
from localstore.store import Store, key_of, put_meta, remember


@dataclass(frozen=True, slots=True)
class Pulled:
    """One change of the feed, already split into what a person writes and what the server says.

    `content` is None for a deletion. `changed_at` in seconds since the epoch, for the order of lists.
    """

    kind: DocKind
    id: str
    content: Content | None
    rev: str = ""
    facts: Content = field(default_factory=dict)
    changed_at: float = 0.0


class Inbox:
    """The receiving side of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def pulled(self, changes: Sequence[Pulled], cursor: str) -> list[tuple[DocKind, str]]:
        """Apply a batch of the feed and its cursor together; what was replaced, by key."""
        replaced = []
        async with self._store.writing() as connection:
            for change in changes:
                row = await self._store.find(connection, change.kind, change.id)
                if await self._apply(connection, row, change):
                    replaced.append((change.kind, change.id))
            await put_meta(connection, {"cursor": cursor, "witness": cursor})
        return replaced

    async def _apply(self, connection: AsyncConnection, row: DocRow | None, change: Pulled) -> bool:
        if change.content is None:
            return await self._apply_deletion(connection, row)
        facts = {"facts_json": dump(change.facts)}
        if row is None:
            text = dump(change.content)
            await connection.execute(
                insert(DOC).values(
                    kind=change.kind,
                    id=change.id,
                    base_json=text,
                    base_rev=change.rev,
                    mine_json=text,
                    changed_at=change.changed_at,
                    **facts,
                )
            )
            return True
        where = key_of(row.kind, row.id)
        if row.base_rev == change.rev:
            await connection.execute(update(DOC).where(where).values(**facts))
            return False
        if row.dirty or row.flight or row.hold:
            # The push that is due meets the newer row as a conflict and settles it there.
            await connection.execute(update(DOC).where(where).values(**facts))
            return False
        await remember(connection, self._store.now(), row, "replaced by the server")
        text = dump(change.content)
        # A new number, so that an editor that still shows the old text cannot save over this one.
        seq = {"mine_seq": row.mine_seq + 1, "synced_seq": row.mine_seq + 1}
        await connection.execute(
            update(DOC)
            .where(where)
            .values(
                base_json=text,
                base_rev=change.rev,
                mine_json=text,
                changed_at=change.changed_at,
                **seq,
                **facts,
            )
        )
        return True

    async def _apply_deletion(self, connection: AsyncConnection, row: DocRow | None) -> bool:
        if row is None:
            return False
        where = key_of(row.kind, row.id)
        if row.mine is not None and (row.dirty or row.flight):
            await connection.execute(
                update(DOC)
                .where(where)
                .values(hold=Hold.GONE, hold_detail="deleted by someone else", **NO_FLIGHT)
            )
            return False
        await remember(connection, self._store.now(), row, "deleted on the server")
        await connection.execute(delete(DOC).where(where))
        return True
