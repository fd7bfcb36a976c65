"""Who was taken into a segment or out of it by hand, until the server knows.

The last word about a contact counts, so a person who changes her mind leaves one entry. Repeating one is
harmless on the server, so it needs no key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from localstore.rows import MEMBER_OP
from localstore.store import Store

INCLUDE, EXCLUDE = 1, -1


@dataclass(frozen=True, slots=True)
class MemberOp:
    """`n` tells it from a later word about the same contact; `refused` is why the server said no."""

    segment_id: str
    contact_id: str
    sign: int
    n: int
    refused: str = ""


class MemberOps:
    """The pending decisions of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, segment_id: str, contact_ids: Sequence[str], sign: int) -> None:
        """Decide about contacts; durable when this returns."""
        async with self._store.writing() as connection:
            last = select(func.coalesce(func.max(MEMBER_OP.c.n), 0))
            n = int((await connection.execute(last)).scalar_one())
            for contact_id in dict.fromkeys(contact_ids):
                n += 1
                same = (MEMBER_OP.c.segment_id == segment_id) & (MEMBER_OP.c.contact_id == contact_id)
                await connection.execute(delete(MEMBER_OP).where(same))
                values = {"segment_id": segment_id, "contact_id": contact_id, "sign": sign, "n": n}
                await connection.execute(insert(MEMBER_OP).values(refused="", **values))

    async def waiting(self) -> list[MemberOp]:
        """What the server does not know yet, oldest first; refused ones included."""
        async with self._store.reading() as connection:
            rows = await connection.execute(select(MEMBER_OP).order_by(MEMBER_OP.c.n))
            return [MemberOp(r.segment_id, r.contact_id, r.sign, r.n, r.refused) for r in rows]

    async def landed(self, ops: Sequence[MemberOp]) -> None:
        """The server knows them; a later word about the same contact stays."""
        async with self._store.writing() as connection:
            await connection.execute(delete(MEMBER_OP).where(MEMBER_OP.c.n.in_([op.n for op in ops])))

    async def refuse(self, ops: Sequence[MemberOp], why: str) -> None:
        """The server said no: they wait, with the reason, and nothing else waits for them."""
        async with self._store.writing() as connection:
            of_these = MEMBER_OP.c.n.in_([op.n for op in ops])
            await connection.execute(update(MEMBER_OP).where(of_these).values(refused=why))
