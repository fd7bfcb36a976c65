"""What becomes of a document on its way to the server; each method is one transaction.

There is no log of edits: the row is the outbox. A request is stored before its first byte leaves and its
outcome is written under its key, so an answer that comes late or twice changes nothing.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from localstore.history import put_meta, remember
from localstore.records import DocKind, Hold
from localstore.rows import DOC, Content, DocRow, Flight, dump
from localstore.store import CLEAN, NO_THEIRS, Store, key_of

NO_FLIGHT: dict[str, Any] = {
    "flight_body": None, "flight_op": None, "flight_seq": None, "flight_verb": None,
}  # fmt: skip


async def release_children(connection: AsyncConnection, segment_id: str) -> None:
    """Whatever waited for this segment may go, whether it arrived or is gone."""
    waiting = and_(
        DOC.c.hold == Hold.NEEDS_PARENT, func.json_extract(DOC.c.mine_json, "$.segmentId") == segment_id
    )
    await connection.execute(update(DOC).where(waiting).values(**CLEAN))


class Outbox:
    """The sending side of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _this_flight(self, row: DocRow, op: str) -> ColumnElement[bool]:
        return and_(key_of(row.kind, row.id), DOC.c.flight_op == op)

    async def take_off(self, row: DocRow, flight: Flight) -> bool:
        """Store the request before its first byte leaves; False if the draft moved on meanwhile."""
        ready = and_(DOC.c.mine_seq == row.mine_seq, DOC.c.flight_op.is_(None), DOC.c.hold.is_(None))
        async with self._store.writing() as connection:
            taken = await connection.execute(
                update(DOC)
                .where(key_of(row.kind, row.id), ready)
                .values(
                    flight_op=flight.op,
                    flight_body=flight.body,
                    flight_verb=flight.verb,
                    flight_seq=flight.seq,
                )
            )
        return bool(taken.rowcount == 1)

    async def land(
        self, row: DocRow, op: str, *, base: Content, rev: str, facts: Content, witness: str | None
    ) -> None:
        """The server has it: base becomes what was sent, newer words stay dirty."""
        async with self._store.writing() as connection:
            landed = await connection.execute(
                update(DOC)
                .where(self._this_flight(row, op))
                .values(
                    base_json=dump(base),
                    base_rev=rev,
                    synced_seq=DOC.c.flight_seq,
                    facts_json=dump(facts),
                    waiting_since=self._store.now(),
                    **NO_THEIRS,
                    **NO_FLIGHT,
                    **CLEAN,
                )
            )
            if landed.rowcount and row.kind is DocKind.SEGMENT and row.base_rev is None:
                await release_children(connection, row.id)
            if witness:
                await put_meta(connection, {"witness": witness})

    async def land_deletion(self, row: DocRow, op: str, witness: str | None = None) -> None:
        """The server deleted it. If it was brought back here meanwhile, it becomes a new document."""
        async with self._store.writing() as connection:
            present = await self._store.find(connection, row.kind, row.id)
            if present is None or present.flight is None or present.flight.op != op:
                return
            if present.mine is None:
                await connection.execute(delete(DOC).where(key_of(row.kind, row.id)))
            else:
                never = {"base_json": None, "base_rev": None, "facts_json": "{}", "synced_seq": 0}
                await connection.execute(
                    update(DOC).where(self._this_flight(row, op)).values(**never, **NO_FLIGHT, **CLEAN)
                )
            if witness:
                await put_meta(connection, {"witness": witness})

    async def forget(self, row: DocRow) -> None:
        """Drop a document that never reached the server and was deleted here."""
        unknown = and_(DOC.c.mine_json.is_(None), DOC.c.base_rev.is_(None), DOC.c.flight_op.is_(None))
        async with self._store.writing() as connection:
            await connection.execute(delete(DOC).where(key_of(row.kind, row.id), unknown))
            if row.kind is DocKind.SEGMENT:
                await release_children(connection, row.id)

    async def rebase(
        self, row: DocRow, op: str, seen_seq: int, *, base: Content, rev: str, mine: Content, facts: Content
    ) -> bool:
        """A refused write was merged: `base` is theirs, `mine` the merged text, the request is over.

        False if the person typed on meanwhile: then it must be merged again.
        """
        async with self._store.writing() as connection:
            present = await self._store.find(connection, row.kind, row.id)
            if present is None or present.flight is None or present.flight.op != op:
                return True
            if present.mine_seq != seen_seq:
                return False
            await remember(connection, self._store.clock, present, "merged")
            same = dump(mine) == dump(base)
            seq = present.mine_seq + 1
            await connection.execute(
                update(DOC)
                .where(key_of(row.kind, row.id))
                .values(
                    base_json=dump(base),
                    base_rev=rev,
                    mine_json=dump(mine),
                    mine_seq=seq,
                    synced_seq=seq if same else present.synced_seq,
                    facts_json=dump(facts),
                    **NO_THEIRS,
                    **NO_FLIGHT,
                    **CLEAN,
                )
            )
        return True

    async def hold(
        self,
        row: DocRow,
        hold: Hold,
        detail: str,
        *,
        theirs: Content | None = None,
        theirs_rev: str | None = None,
        facts: Content | None = None,
    ) -> None:
        """This one document waits for a person; all others go on."""
        op = row.flight.op if row.flight is not None else None
        async with self._store.writing() as connection:
            values: dict[str, Any] = {**CLEAN, "hold": hold, "hold_detail": detail, **NO_FLIGHT}
            if theirs is not None:
                values |= {"theirs_json": dump(theirs), "theirs_rev": theirs_rev}
            if facts is not None:
                values["facts_json"] = dump(facts)
            same = DOC.c.flight_op == op if op is not None else DOC.c.flight_op.is_(None)
            await connection.execute(update(DOC).where(key_of(row.kind, row.id), same).values(**values))

    async def release(self, row: DocRow) -> None:
        """What it waited for is there."""
        async with self._store.writing() as connection:
            waiting = and_(key_of(row.kind, row.id), DOC.c.hold == Hold.NEEDS_PARENT)
            await connection.execute(update(DOC).where(waiting).values(**CLEAN))

    async def undelete(self, row: DocRow, op: str, detail: str) -> None:
        """The server does not let it be deleted: it is back, with the reason."""
        if row.base is None:
            return
        async with self._store.writing() as connection:
            seq = row.mine_seq + 1
            back = {"mine_json": dump(row.base), "mine_seq": seq, "synced_seq": seq}
            await connection.execute(
                update(DOC)
                .where(self._this_flight(row, op), DOC.c.mine_json.is_(None))
                .values(**back, **NO_FLIGHT, **CLEAN | {"hold": Hold.FORBIDDEN, "hold_detail": detail})
            )

    async def postpone(self, row: DocRow, error: str, until: float) -> None:
        """A transient failure: the same request again at `until` (seconds since the epoch)."""
        async with self._store.writing() as connection:
            await connection.execute(
                update(DOC)
                .where(key_of(row.kind, row.id))
                .values(attempts=DOC.c.attempts + 1, next_attempt_at=until, last_error=error)
            )

    async def try_refused_again(self) -> None:
        """Another version of the server or of this program may take what was refused."""
        async with self._store.writing() as connection:
            await connection.execute(update(DOC).where(DOC.c.hold == Hold.REJECTED).values(**CLEAN))
