"""Sending accounts: only owners and admins touch them, and their passwords never come back."""

from sqlalchemy import select

from backend.accounts.in_use import campaigns_through, keep_running_with, sequences_through
from backend.accounts.standing import default_id, to_wire
from backend.db.feed import FeedChange, take_row_ids
from backend.db.models.account import SendingAccount
from backend.db.models.quota import Quota, account_scope
from backend.people import people
from backend.work import Work
from contract.accounts import SendingAccount as AccountWire
from contract.accounts import SendingAccountCreate, SendingAccountPatch
from contract.feed import Kind
from contract.problems import ConflictError, ForbiddenError, MissingError


async def all_accounts(work: Work) -> list[AccountWire]:
    """Oldest first."""
    rows = await work.session.scalars(select(SendingAccount).order_by(SendingAccount.id))
    return await to_wire(work, list(rows))


async def _one(work: Work, row: SendingAccount) -> AccountWire:
    return (await to_wire(work, [row]))[0]


def _changed(work: Work, row: SendingAccount, action: str) -> None:
    target = f"account/{row.id}"
    work.changed(f"sending account {action}", FeedChange(Kind.SETTINGS, "accounts"), target=target)


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
    _changed(work, row, "created")
    return await _one(work, row)


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
    _changed(work, row, "edited")
    work.wakes = True
    return await _one(work, row)


async def try_out(work: Work, account_id: str) -> str | None:
    """Open a session at its server; why that does not work, in words."""
    require_admin(work)
    row = await find_account(work, account_id)
    password = (work.keys.unseal(row.password_sealed) or "") if row.password_sealed else ""
    return await work.ports.delivery.try_server(row, password)


async def delete(work: Work, account_id: str) -> None:
    """Raises `MissingError`, and `ConflictError` while a campaign or a sequence needs it."""
    require_admin(work)
    row = await find_account(work, account_id)
    if users := await campaigns_through(work, row):
        others = f" and {len(users) - 1} more" if len(users) > 1 else ""
        raise ConflictError(f"“{users[0].name}”{others} is on its way through this account: cancel it, or "
                            "pause it and choose another account for it.")  # fmt: skip
    if running := await sequences_through(work, row):
        others = f" and {len(running) - 1} more" if len(running) > 1 else ""
        raise ConflictError(f"The sequence “{running[0].name}”{others} sends through this account: choose "
                            "another one in its settings and publish it.")  # fmt: skip
    await work.session.delete(row)
    await _forget_quota(work, row)
    _changed(work, row, "deleted")


async def pause(work: Work, account_id: str, reason: str) -> AccountWire:
    """Nothing leaves through it any more until somebody resumes it."""
    require_admin(work)
    row = await find_account(work, account_id)
    if row.paused_at is None:
        user_id = work.actor.user_id
        who = (await people(work, [user_id]))[user_id].email
        row.paused_at, row.paused_because = work.now, f"by {who}" + (f": {reason}" if reason else "")
        await work.session.flush()
        _changed(work, row, "paused")
        work.wakes = True
    return await _one(work, row)


async def unpause(work: Work, account_id: str) -> AccountWire:
    """Use it again now, whether a person paused it or it rests because its server refused us."""
    require_admin(work)
    row = await find_account(work, account_id)
    row.paused_at, row.paused_because = None, ""
    await _end_rest(work, row)
    _changed(work, row, "unpaused")
    work.wakes = True
    return await _one(work, row)


async def make_default(work: Work, account_id: str) -> AccountWire:
    """From now on it sends where none was chosen. What is on its way stays with the one it began with."""
    require_admin(work)
    row = await find_account(work, account_id)
    present = await default_id(work)
    if present is not None and present != row.id:
        await keep_running_with(work, present)
    others = select(SendingAccount).where(SendingAccount.is_default, SendingAccount.id != row.id)
    for other in await work.session.scalars(others):
        other.is_default = False
    await work.session.flush()
    row.is_default = True
    await work.session.flush()
    _changed(work, row, "made the default")
    return await _one(work, row)


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
