"""Sending accounts: only owners and admins touch them, and their passwords never come back."""

from sqlalchemy import select

from backend.db.feed import FeedChange, take_row_ids
from backend.db.models.account import SendingAccount
from backend.db.models.quota import Quota, account_scope
from backend.work import Work
from contract.accounts import SendingAccount as AccountWire
from contract.accounts import SendingAccountCreate, SendingAccountPatch
from contract.feed import Kind
from contract.problems import ForbiddenError, MissingError


def to_wire(row: SendingAccount, rests_because: str | None = None) -> AccountWire:
    """A row as answered."""
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
        paused_reason=rests_because,
    )


async def all_accounts(work: Work) -> list[AccountWire]:
    """Oldest first: the first one sends where none is chosen."""
    rows = await work.session.scalars(select(SendingAccount).order_by(SendingAccount.id))
    resting = select(Quota.scope, Quota.reason).where(Quota.reason.is_not(None))
    reasons = {row.scope: row.reason for row in await work.session.execute(resting)}
    return [to_wire(row, reasons.get(account_scope(row.id))) for row in rows]


def require_admin(work: Work) -> None:
    """Raises `ForbiddenError`."""
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may change sending accounts.")


async def create(work: Work, data: SendingAccountCreate) -> AccountWire:
    """The password is encrypted with the installation's key."""
    require_admin(work)
    password = data.password.get_secret_value()
    plain = data.model_dump(exclude={"password"})
    row = SendingAccount(
        **plain,
        id=(await take_row_ids(work.session))[0],
        password_sealed=work.keys.seal(password) if password else "",
        created_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    work.changed("sending account created", FeedChange(Kind.SETTINGS, "accounts"))
    return to_wire(row)


async def edit(work: Work, account_id: str, data: SendingAccountPatch) -> AccountWire:
    """Whatever made it rest may be mended now, so it is tried again."""
    require_admin(work)
    row = await find_account(work, account_id)
    given = {name: value for name, value in data.model_dump(exclude_unset=True).items() if value is not None}
    if data.password is not None:
        password = data.password.get_secret_value()
        row.password_sealed = work.keys.seal(password) if password else ""
    for name in given.keys() - {"password"}:
        setattr(row, name, given[name])
    await _end_rest(work, row)
    work.changed("sending account edited", FeedChange(Kind.SETTINGS, "accounts"))
    work.wakes = True
    return to_wire(row)


async def try_out(work: Work, account_id: str) -> str | None:
    """Open a session at its server; why that does not work, in words."""
    require_admin(work)
    row = await find_account(work, account_id)
    password = (work.keys.unseal(row.password_sealed) or "") if row.password_sealed else ""
    return await work.ports.delivery.try_server(row, password)


async def delete(work: Work, account_id: str) -> None:
    """Raises `MissingError`."""
    require_admin(work)
    row = await find_account(work, account_id)
    await work.session.delete(row)
    await _forget_quota(work, row)
    work.changed("sending account deleted", FeedChange(Kind.SETTINGS, "accounts"))


async def unpause(work: Work, account_id: str) -> AccountWire:
    """Try again now, after the account began to rest because its server refused us."""
    require_admin(work)
    row = await find_account(work, account_id)
    await _end_rest(work, row)
    work.changed("sending account unpaused", FeedChange(Kind.SETTINGS, "accounts"))
    work.wakes = True
    return to_wire(row)


async def _quota_of(work: Work, row: SendingAccount) -> Quota | None:
    return await work.session.scalar(select(Quota).where(Quota.scope == account_scope(row.id)))


async def _end_rest(work: Work, row: SendingAccount) -> None:
    if quota := await _quota_of(work, row):
        quota.rests_until, quota.failures, quota.reason = None, 0, None
    await work.session.flush()


async def _forget_quota(work: Work, row: SendingAccount) -> None:
    if quota := await _quota_of(work, row):
        await work.session.delete(quota)
    await work.session.flush()


async def find_account(work: Work, account_id: str) -> SendingAccount:
    """Raises `MissingError`."""
    number = int(account_id) if account_id.isascii() and account_id.isdigit() else -1
    if not 0 <= number < 2**63:
        raise MissingError
    row = await work.session.scalar(select(SendingAccount).where(SendingAccount.id == number))
    if row is None:
        raise MissingError
    return row
