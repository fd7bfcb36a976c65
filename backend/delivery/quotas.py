"""Rates and daily caps that hold for all workers together: a worker asks for turns, some at a time.

A turn is a moment at which one mail may leave. Whoever asks next gets the moments behind it, so two workers
under one rate interleave and nobody bursts. What was not used is given back when the pump ends; a worker that
was killed wastes at most one grant, which errs to the side of fewer mails.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, case, literal, select, update
from sqlalchemy.engine import Connection

from backend.db.epoch import EPOCH
from backend.db.models.quota import ORGANISATION, Quota, account_scope
from backend.db.upserts import insert_into
from backend.delivery.accounts import Account

DAY = timedelta(days=1)

quotas = cast(Table, Quota.__table__)


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` mails may leave, the first at `first` and then one every `spacing`; none before `again`."""

    count: int
    first: datetime
    spacing: timedelta = timedelta(0)
    again: datetime | None = None

    def moments(self) -> list[datetime]:
        """One for each mail."""
        return [self.first + number * self.spacing for number in range(self.count)]


def caps_of(account: Account) -> Mapping[str, int]:
    """Daily caps by scope; 0 = only counted because a rate holds."""
    caps = {account_scope(account.id): account.daily_cap}
    if account.org_daily_cap:
        caps[ORGANISATION] = account.org_daily_cap
    return caps


def spacing_of(account: Account) -> timedelta:
    """Between two mails of this account."""
    return timedelta(seconds=1 / account.rate) if account.rate > 0 else timedelta(0)


def locked_rows(connection: Connection, org_id: int, scopes: list[str]) -> dict[str, Any]:
    """These rows, made if they are missing, locked in one order until the transaction ends."""
    query = (
        select(quotas)
        .where(quotas.c.org_id == org_id, quotas.c.scope.in_(scopes))
        .order_by(quotas.c.scope)
        .with_for_update()
    )
    found = {row.scope: row for row in connection.execute(query)}
    if len(found) == len(scopes):
        return found
    rows = [{"org_id": org_id, "scope": scope, "day": 0, "used": 0, "failures": 0} for scope in scopes]
    connection.execute(insert_into(connection.dialect.name, quotas).on_conflict_do_nothing(), rows)
    return {row.scope: row for row in connection.execute(query)}


def grant(connection: Connection, account: Account, wanted: int, now: datetime) -> Grant:
    """At most `wanted` turns, in the caller's transaction."""
    caps, spacing = caps_of(account), spacing_of(account)
    rows = locked_rows(connection, account.org_id, list(caps))
    today = (now - EPOCH) // DAY
    used = {scope: row.used if row.day == today else 0 for scope, row in rows.items()}
    count = min([wanted, *(cap - used[scope] for scope, cap in caps.items() if cap)])
    if count <= 0:
        return Grant(0, now, again=EPOCH + (today + 1) * DAY)
    own = account_scope(account.id)
    first = max(now, rows[own].next_at or now)
    for scope in caps:
        mine = update(quotas).where(quotas.c.org_id == account.org_id, quotas.c.scope == scope)
        values: dict[str, Any] = {"day": today, "used": used[scope] + count}
        if scope == own:
            values["next_at"] = first + count * spacing
        connection.execute(mine.values(**values))
    return Grant(count, first, spacing)


def give_turns_back(connection: Connection, account: Account, moments: list[datetime]) -> None:
    """These turns were not used. Their moments are free again unless somebody was granted later ones."""
    day = (moments[0] - EPOCH) // DAY
    spacing = spacing_of(account)
    end = moments[-1] + spacing
    for scope in caps_of(account):
        mine = update(quotas).where(
            quotas.c.org_id == account.org_id, quotas.c.scope == scope, quotas.c.day == day
        )
        values: dict[str, Any] = {"used": quotas.c.used - len(moments)}
        if scope == account_scope(account.id):
            begin = literal(moments[0], quotas.c.next_at.type)
            values["next_at"] = case((quotas.c.next_at == end, begin), else_=quotas.c.next_at)
        connection.execute(mine.values(**values))
