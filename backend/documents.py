"""What campaigns, sequences and segments have in common: versions, ids, and finding one's own row."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.feed import FeedChange
from backend.db.models.campaign import Campaign
from backend.db.models.library import SavedMail
from backend.db.models.segment import Segment
from backend.db.models.sequence import Sequence
from backend.db.timestamps import next_version
from backend.work import Work
from contract.feed import Kind
from contract.ids import new_document_id
from contract.problems import ForbiddenError, IdTakenError, MissingError, StaleWriteError
from contract.wire import format_timestamp

Row = TypeVar("Row", Campaign, Segment, Sequence, SavedMail)
Wire = Mapping[str, Any]


async def find(session: AsyncSession, kind: type[Row], row_id: str) -> Row:
    """The row; one of another organisation is as missing as one that never was."""
    row = await session.scalar(select(kind).where(kind.id == row_id))
    if row is None:
        raise MissingError
    return row


async def fresh_id(session: AsyncSession, kind: type[Row], wanted: str | None) -> str:
    """The id a client made, if it is free here, or one of ours."""
    if wanted is None:
        return new_document_id()
    if await session.scalar(select(kind.id).where(kind.id == wanted)) is not None:
        raise IdTakenError
    return wanted


def check_version(row: Row, expected: str | None, present: Callable[[], Wire]) -> None:
    """Compare-and-swap: raises `StaleWriteError` with the whole row if it is not the one expected."""
    if expected is not None and expected != format_timestamp(row.updated_at):
        raise StaleWriteError(current=dict(present()))


def assign(row: Row, values: Mapping[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def note_change(work: Work, kind: Kind, row: Row, *, action: str, before: Wire | None, after: Wire) -> None:
    """Tell the feed and the audit log about a row that was written."""
    change = FeedChange(kind, row.id, format_timestamp(row.updated_at))
    work.changed(f"{kind} {action}", change, before, after)


def stamp(work: Work, row: Row) -> None:
    """Give the row its next version."""
    row.updated_at = next_version(work.now, row.updated_at)


async def remove(work: Work, kind: Kind, row: Row, before: Wire) -> None:
    """Delete the row and leave a tombstone."""
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may delete.")
    await work.session.delete(row)
    await work.session.flush()
    version = format_timestamp(next_version(work.now, row.updated_at))
    work.changed(f"{kind} deleted", FeedChange(kind, row.id, version, deleted=True), before)
