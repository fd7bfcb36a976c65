"""Why mails that are due do not leave, in words for the person who looks at the outbox."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.epoch import EPOCH
from backend.db.models.quota import ORGANISATION, Quota, account_scope
from backend.delivery.accounts import Account
from backend.delivery.quotas import DAY

NO_WORKER = "no sending worker is running"
PREPARING = "its audience is being frozen, and each copy rendered once"
NO_ACCOUNT = "there is no sending account for it"


async def why_account_waits(session: AsyncSession, account: Account | None, now: datetime) -> list[str]:
    """Nothing if its mails may leave now. The session is the account's organisation's."""
    if account is None:
        return [NO_ACCOUNT]
    if account.paused:
        return [f"the account “{account.name}” is paused {account.paused_because}".rstrip()]
    scopes = [account_scope(account.id), ORGANISATION]
    found = {row.scope: row for row in await session.scalars(select(Quota).where(Quota.scope.in_(scopes)))}
    own = found.get(scopes[0])
    waits = [own.reason] if own is not None and own.reason else []
    called = f"the account “{account.name}”" if account.name else "the installation's account"
    together = found.get(ORGANISATION)
    caps = ((own, account.daily_cap, called), (together, account.org_daily_cap, "the organisation"))
    today = (now - EPOCH) // DAY
    for quota, cap, who in caps:
        if quota is not None and cap and quota.day == today and quota.used >= cap:
            waits.append(f"{who} sent its {cap:,} mails of today; it goes on at 00:00 UTC")
    return waits
