"""Reading everything again, in one transaction: after weeks away, or after the server was restored.

After weeks away the server is right, and what it no longer has was deleted. A restored server is not: it
is older than what this computer knows, so nothing here is overwritten, and what is newer here is offered
back.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from localstore.history import get_meta, put_meta, remember
from localstore.inbox import ANSWER, Inbox, MassDeletionError, Pulled, too_many
from localstore.outbox import NO_FLIGHT
from localstore.records import DocKind, Hold
from localstore.rows import DOC, Content, DocRow, dump
from localstore.store import CLEAN, NO_THEIRS, Store, key_of

Same = Callable[[DocKind, Content, Content], bool]
SentContent = Callable[[DocKind, str], Content]

_OLDER = "The server was restored to an older state of this."
_ABSENT = "The server was restored to a state in which this is not there."


class Resync:
    """`same` compares contents whatever their spelling; `sent` reads the content out of a request."""

    def __init__(self, store: Store, same: Same, sent: SentContent) -> None:
        self._store = store
        self._inbox = Inbox(store)
        self._same = same
        self._sent = sent

    async def apply(self, there: Sequence[Pulled], cursor: str, *, rewound: bool) -> None:
        """Take the server's whole list. Raises `MassDeletionError`."""
        by_key = {(change.kind, change.id): change for change in there if change.content is not None}
        async with self._store.writing() as connection:
            rows = await self._store.rows(connection)
            known = {(row.kind, row.id) for row in rows}
            answer = await get_meta(connection, ANSWER)
            if not rewound and answer not in ("allow", "keep"):
                doomed = [r for r in rows if r.base_rev and r.mine and (r.kind, r.id) not in by_key]
                if too_many(len(doomed), len(rows)):
                    raise MassDeletionError(len(doomed), len(rows))
            for row in rows:
                if row.base_rev is None:
                    continue  # the server never had it; its creation settles it
                change = by_key.get((row.kind, row.id))
                if rewound:
                    await self._rewound(connection, row, change)
                else:
                    await self._late(connection, row, change, keep=answer == "keep")
            for key, change in by_key.items():
                if key not in known:
                    await self._inbox.insert(connection, change)
            await put_meta(connection, {"cursor": cursor, "witness": cursor, ANSWER: ""})

    async def _late(
        self, connection: AsyncConnection, row: DocRow, change: Pulled | None, *, keep: bool
    ) -> None:
        if change is None:
            await self._inbox.delete(connection, row, keep=keep)
        elif row.base_rev == change.rev or row.dirty or row.flight or row.hold:
            await connection.execute(
                update(DOC).where(key_of(row.kind, row.id)).values(facts_json=dump(change.facts))
            )
        else:
            await self._inbox.replace(connection, row, change, "replaced by the server")

    async def _rewound(self, connection: AsyncConnection, row: DocRow, change: Pulled | None) -> None:
        if change is None or change.content is None:
            if row.mine is None:
                await self._inbox.delete(connection, row)
            else:
                await self._hold(connection, row, None)
            return
        unchanged = row.base is not None and self._same(row.kind, row.base, change.content)
        if unchanged and row.base_rev == change.rev and row.hold is not Hold.REWOUND:
            return
        values: dict[str, object] = {"base_rev": change.rev, "facts_json": dump(change.facts)}
        text = dump(change.content)
        if row.mine is not None and self._same(row.kind, row.mine, change.content):
            settled = {"base_json": text, "synced_seq": row.mine_seq, **NO_FLIGHT, **NO_THEIRS, **CLEAN}
            await self._update(connection, row, values | settled)
        elif unchanged:
            over = {**NO_THEIRS, **CLEAN} if row.hold is Hold.REWOUND else {}
            await self._update(connection, row, values | {"base_json": text, **NO_FLIGHT, **over})
        elif row.flight and self._same(row.kind, self._sent(row.kind, row.flight.body), change.content):
            arrived = {"base_json": text, "synced_seq": row.flight.seq, **NO_FLIGHT, **CLEAN}
            await self._update(connection, row, values | arrived)
        else:
            await self._hold(connection, row, change)

    async def _update(self, connection: AsyncConnection, row: DocRow, values: dict[str, object]) -> None:
        await connection.execute(update(DOC).where(key_of(row.kind, row.id)).values(**values))

    async def _hold(self, connection: AsyncConnection, row: DocRow, change: Pulled | None) -> None:
        """Dirty from now on, so that nothing the feed brings takes its place."""
        await remember(connection, self._store.clock, row, "the server was restored")
        detail = _OLDER if change is not None else _ABSENT
        values: dict[str, object] = {**NO_FLIGHT, **NO_THEIRS, **CLEAN, "hold": Hold.REWOUND}
        values |= {"hold_detail": detail, "mine_seq": row.mine_seq + (0 if row.dirty else 1)}
        if change is not None and change.content is not None:
            values |= {"theirs_json": dump(change.content), "theirs_rev": change.rev}
            values["facts_json"] = dump(change.facts)
        await self._update(connection, row, values)
