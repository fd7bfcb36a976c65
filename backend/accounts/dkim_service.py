"""DKIM keys of sending accounts: only owners and admins touch them, and private halves never come back.

A key signs nothing when it is new: mails with a signature whose record is not published yet would be worse
off than unsigned ones.
"""

import asyncio

from sqlalchemy import select

from backend.accounts.service import find_account, require_admin
from backend.db.feed import FeedChange, take_row_ids
from backend.db.models.account import SendingAccount
from backend.db.models.dkim import DkimKey
from backend.dkim_keys import make_pair, record_name, record_value
from backend.work import Work
from contract.dkim import DkimAlgorithm, DkimKeyCreate
from contract.dkim import DkimKey as DkimKeyWire
from contract.feed import Kind
from contract.problems import ConflictError, MissingError


def to_wire(row: DkimKey, account: SendingAccount) -> DkimKeyWire:
    """A row as answered."""
    algorithm = DkimAlgorithm(row.algorithm)
    return DkimKeyWire(
        id=str(row.id),
        account_id=str(row.account_id),
        selector=row.selector,
        algorithm=algorithm,
        active=row.active,
        record_name=record_name(row.selector, account.from_email),
        record_value=record_value(algorithm, row.public_key),
        created_at=row.created_at,
    )


async def all_keys(work: Work) -> list[DkimKeyWire]:
    """Oldest first."""
    accounts = {row.id: row for row in await work.session.scalars(select(SendingAccount))}
    rows = await work.session.scalars(select(DkimKey).order_by(DkimKey.id))
    return [to_wire(row, accounts[row.account_id]) for row in rows]


async def create(work: Work, data: DkimKeyCreate) -> DkimKeyWire:
    """Raises `ConflictError` for a selector that this account has."""
    require_admin(work)
    account = await find_account(work, data.account_id)
    row_id = (await take_row_ids(work.session))[0]
    selector = data.selector or f"hb{work.now:%Y%m%d}-{row_id}"
    same = select(DkimKey.id).where(DkimKey.account_id == account.id, DkimKey.selector == selector)
    if await work.session.scalar(same) is not None:
        raise ConflictError(f"This account has a key with the selector {selector} already.")
    pair = await asyncio.to_thread(make_pair, data.algorithm)
    row = DkimKey(
        id=row_id,
        account_id=account.id,
        selector=selector,
        algorithm=data.algorithm.value,
        private_sealed=work.keys.seal(pair.private),
        public_key=pair.public,
        created_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    _changed(work, row, "created")
    return to_wire(row, account)


async def activate(work: Work, key_id: str) -> DkimKeyWire:
    """From the next mail on, mails of its account are signed with it."""
    require_admin(work)
    row = await _find(work, key_id)
    row.active = True
    _changed(work, row, "activated")
    return to_wire(row, await find_account(work, str(row.account_id)))


async def delete(work: Work, key_id: str) -> None:
    """Raises `MissingError`."""
    require_admin(work)
    row = await _find(work, key_id)
    await work.session.delete(row)
    await work.session.flush()
    _changed(work, row, "deleted")


def _changed(work: Work, row: DkimKey, action: str) -> None:
    target = f"dkim-key/{row.id}"
    work.changed(f"DKIM key {action}", FeedChange(Kind.SETTINGS, "accounts"), target=target)


async def _find(work: Work, key_id: str) -> DkimKey:
    number = int(key_id) if key_id.isascii() and key_id.isdigit() else -1
    if not 0 <= number < 2**63:
        raise MissingError
    row = await work.session.scalar(select(DkimKey).where(DkimKey.id == number))
    if row is None:
        raise MissingError
    return row
