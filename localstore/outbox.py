"""What becomes of a document on its way to the server; each method is one transaction.

There is no log of edits: the row is the outbox. A request is stored before its first byte leaves and its
outcome is written under its key, so an answer that comes late or twice changes nothing.
"""

from typing import Any

from sqlalchemy import delete, update

from localstore.records import Hold
from localstore.rows import DOC, Content, DocRow, Flight, dump
from localstore.store import CLEAN, Store, key_of, put_meta, remember

NO_FLIGHT = {"flight_body": None, "flight_op": None, "flight_seq": None, "flight_verb": None}


class Outbox:
    """The sending side of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take_off(self, row: DocRow, flight: Flight) -> bool:
        """Store the request before its first byte leaves; False if the draft moved on meanwhile."""
        async with self._store.writing() as connection:
            taken = await connection.execute(
                update(DOC)
                .where(key_of(row.kind, row.id), DOC.c.mine_seq == row.mine_seq, DOC.c.flight_op.is_(None))
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
            await connection.execute(
                update(DOC)
                .where(key_of(row.kind, row.id), DOC.c.flight_op == op)
                .values(
                    base_json=dump(base),
                    base_rev=rev,
                    synced_seq=DOC.c.flight_seq,
                    facts_json=dump(facts),
                    theirs_json=None,
                    theirs_rev=None,
                    **NO_FLIGHT,
                    **CLEAN,
                )
            )
            if witness:
                await put_meta(connection, {"witness": witness})

    async def land_deletion(self, row: DocRow, op: str) -> None:
        """The server deleted it."""
        async with self._store.writing() as connection:
            await connection.execute(delete(DOC).where(key_of(row.kind, row.id), DOC.c.flight_op == op))

    async def forget(self, row: DocRow) -> None:
        """Drop a document that never reached the server and was deleted here."""
        async with self._store.writing() as connection:
            await connection.execute(
                delete(DOC).where(
                    key_of(row.kind, row.id), DOC.c.mine_json.is_(None), DOC.c.base_rev.is_(None)
                )
            )

    async def rebase(
        self, row: DocRow, op: str, *, base: Content, rev: str, mine: Content, facts: Content
    ) -> None:
        """A refused write was merged: `base` is theirs, `mine` the merged text, the request is over."""
        async with self._store.writing() as connection:
            present = await self._store.find(connection, row.kind, row.id)
            if present is None or present.flight is None or present.flight.op != op:
                return
            await remember(connection, self._store.now(), present, "merged")
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
                    theirs_json=None,
                    theirs_rev=None,
                    **NO_FLIGHT,
                    **CLEAN,
                )
            )

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
        async with self._store.writing() as connection:
            values: dict[str, Any] = {"hold": hold, "hold_detail": detail, **NO_FLIGHT}
            if theirs is not None:
                values |= {"theirs_json": dump(theirs), "theirs_rev": theirs_rev}
            if facts is not None:
                values["facts_json"] = dump(facts)
            await connection.execute(update(DOC).where(key_of(row.kind, row.id)).values(**values))

    async def postpone(self, row: DocRow, error: str, until: float) -> None:
        """A transient failure: the same request again at `until` (seconds since the epoch)."""
        async with self._store.writing() as connection:
            await connection.execute(
                update(DOC)
                .where(key_of(row.kind, row.id))
                .values(attempts=DOC.c.attempts + 1, next_attempt_at=until, last_error=error)
            )
