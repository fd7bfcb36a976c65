"""How an account stands now: ready, resting or paused, and what it used of its day."""

from sqlalchemy import select

from backend.db.epoch import EPOCH
from backend.db.models.account import SendingAccount
from backend.db.models.quota import Quota, account_scope
from backend.work import Work
from contract.accounts import AccountState
from contract.accounts import SendingAccount as AccountWire

_DAY_SECONDS = 86_400


async def to_wire(work: Work, rows: list[SendingAccount]) -> list[AccountWire]:
    """Rows as answered, in their order."""
    scopes = [account_scope(row.id) for row in rows]
    quotas = {
        row.scope: row for row in await work.session.scalars(select(Quota).where(Quota.scope.in_(scopes)))
    }
    default = await default_id(work)
    return [_shown(work, row, quotas.get(account_scope(row.id)), default) for row in rows]


async def default_id(work: Work) -> int | None:
    """The account that sends where none was chosen: the one marked so, else the oldest."""
    first = select(SendingAccount.id).order_by(SendingAccount.is_default.desc(), SendingAccount.id).limit(1)
    return await work.session.scalar(first)


def _shown(work: Work, row: SendingAccount, quota: Quota | None, default: int | None) -> AccountWire:
    today = int((work.now - EPOCH).total_seconds() // _DAY_SECONDS)
    paused = row.paused_at is not None
    resting = quota.reason if quota is not None else None
    state = AccountState.PAUSED if paused else AccountState.RESTING if resting else AccountState.READY
    return AccountWire(
        id=str(row.id),
        name=row.name,
        host=row.host,
        port=row.port,
        tls=row.tls,
        username=row.username,
        from_name=row.from_name,
        from_email=row.from_email,
        bounce_address=row.bounce_address,
        rate=row.rate,
        lanes=row.lanes,
        daily_cap=row.daily_cap,
        is_default=row.id == default,
        used_today=quota.used if quota is not None and quota.day == today else 0,
        state=state,
        paused_reason=row.paused_because if paused else resting,
        rests_until=quota.rests_until if quota is not None and state is AccountState.RESTING else None,
    )
