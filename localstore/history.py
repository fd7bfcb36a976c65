"""What was replaced stays for thirty days and can be brought back.

Days are days on which something was kept here, not calendar days: a clock that jumps by years makes one
day of it, and forgets nothing.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contract.clock import Clock
from localstore.records import DocKind
from localstore.rows import HISTORY, META, Content, DocRow, dump, load

DAYS_KEPT = 30


@dataclass(frozen=True, slots=True)
class Provenance:
    """A snapshot that was replaced: the server's content and version it had grown from."""

    base: Content | None
    base_rev: str | None


async def put_meta(connection: AsyncConnection, values: dict[str, str]) -> None:
    """Write values of `meta`."""
    for key, value in values.items():
        await connection.execute(delete(META).where(META.c.k == key))
        await connection.execute(insert(META).values(k=key, v=value))


async def get_meta(connection: AsyncConnection, key: str) -> str | None:
    """A value of `meta`."""
    found: str | None = (await connection.execute(select(META.c.v).where(META.c.k == key))).scalar()
    return found


async def _day(connection: AsyncConnection, date: str) -> int:
    """The number of today among the days of use."""
    day = int(await get_meta(connection, "day") or 0)
    if await get_meta(connection, "date") != date:
        day += 1
        await put_meta(connection, {"day": str(day), "date": date})
        await connection.execute(delete(HISTORY).where(HISTORY.c.day < day - DAYS_KEPT))
    return day


async def remember(
    connection: AsyncConnection, clock: Clock, row: DocRow, why: str, body: Content | None = None
) -> None:
    """Keep what is about to be replaced: `body`, or else what the person wrote."""
    kept = row.mine if body is None else body
    if kept is None:
        return
    now = clock.now()
    text, base = dump(kept), dump(row.base) if row.base is not None else None
    values: dict[str, Any] = {"kind": row.kind, "id": row.id, "why": why, "body": text, "seq": row.mine_seq}
    if body is None:
        values |= {"base_json": base, "base_rev": row.base_rev}
    else:
        values["seq"] = -1
    day = await _day(connection, f"{now:%Y-%m-%d}")
    await connection.execute(insert(HISTORY).values(at=now.timestamp(), day=day, **values))


async def provenance(connection: AsyncConnection, kind: DocKind, id: str, seq: int) -> Provenance | None:
    """From what the snapshot `seq` had grown when it was replaced; None if it was not."""
    query = (
        select(HISTORY.c.base_json, HISTORY.c.base_rev)
        .where(HISTORY.c.kind == kind, HISTORY.c.id == id, HISTORY.c.seq == seq)
        .order_by(HISTORY.c.n.desc())
    )
    found = (await connection.execute(query)).first()
    return Provenance(load(found.base_json), found.base_rev) if found is not None else None
