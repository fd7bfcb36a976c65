"""How a campaign's mails end, counted by all workers in one row, and the verdict that stops it.

Counted in the transaction that notes the outcomes, so a worker that starts anew goes on where the last one
ended.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import BindParameter, Executable, Table, bindparam, delete, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from backend.db.models.quota import SendTally
from backend.db.upserts import insert_into
from backend.delivery.limits import Breaker
from backend.delivery.outcomes import Outcome
from backend.delivery.sources import Claimed, Source, SourceKind
from contract.delivery import DeliveryState

NUMBERS = ("ended", "refused", "bounced")
COUNTED = (DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.BOUNCED)

tallies = cast(Table, SendTally.__table__)


def count_ends(connection: Connection, ends: Sequence[tuple[Claimed, Outcome]]) -> dict[Source, str]:
    """Add these ends; which campaigns must stop now, and why."""
    by_source: dict[Source, list[DeliveryState]] = {}
    for row, outcome in ends:
        if row.source.kind is SourceKind.CAMPAIGN and outcome.state in COUNTED:
            by_source.setdefault(row.source, []).append(outcome.state)
    tripped: dict[Source, str] = {}
    for source in sorted(by_source, key=lambda source: (source.org_id, source.id)):
        if reason := _count(connection, source, by_source[source]):
            tripped[source] = reason
    return tripped


def _count(connection: Connection, source: Source, states: list[DeliveryState]) -> str | None:
    added = {
        "ended": len(states),
        "refused": states.count(DeliveryState.FAILED),
        "bounced": states.count(DeliveryState.BOUNCED),
    }
    given = {"b_org": source.org_id, "b_source": source.id, **{f"b_{name}": n for name, n in added.items()}}
    totals = connection.execute(_counting(connection.dialect.name), given).one()
    if totals.tripped is not None:
        return str(totals.tripped)
    before: dict[str, Any] = {name: getattr(totals, name) - count for name, count in added.items()}
    breaker = Breaker(**before)
    reason = next((why for state in states if (why := breaker.count(state))), None)
    if reason is not None:
        mine = update(tallies).where(tallies.c.org_id == source.org_id, tallies.c.source_id == source.id)
        connection.execute(mine.values(tripped=reason))
    return reason


@cache
def _counting(dialect: str) -> Executable:
    """Built once: it runs in each commit of the journal."""
    numbers: dict[str, BindParameter[int]] = {
        name: bindparam(f"b_{name}") for name in ("ended", "refused", "bounced")
    }
    keys: dict[str, BindParameter[Any]] = {"org_id": bindparam("b_org"), "source_id": bindparam("b_source")}
    insert = insert_into(dialect, tallies).values(**keys, **numbers)
    return insert.on_conflict_do_update(
        index_elements=["org_id", "source_id"],
        set_={name: tallies.c[name] + number for name, number in numbers.items()},
    ).returning(tallies.c.ended, tallies.c.refused, tallies.c.bounced, tallies.c.tripped)


async def why_stopped(connection: AsyncConnection, sources: Iterable[Source]) -> dict[Source, str]:
    """Those of these campaigns whose breaker tripped and that nobody has let go on."""
    query = select(tallies.c.org_id, tallies.c.source_id, tallies.c.tripped).where(
        tallies.c.tripped.is_not(None)
    )
    found = {(row.org_id, row.source_id): row.tripped for row in await connection.execute(query)}
    return {
        source: found[source.org_id, source.id]
        for source in sources
        if source.kind is SourceKind.CAMPAIGN and (source.org_id, source.id) in found
    }


async def begin_anew(session: AsyncSession, campaign_id: str) -> None:
    """A person decided, or it ended: count from here."""
    await session.execute(
        delete(SendTally).where(SendTally.source_id == campaign_id),
        execution_options={"synchronize_session": False},
    )
