"""From a segment to those who are mailed: each contact of it with a verdict, in one pass.

The reader's snapshot is one moment: whoever is counted was in the segment at the same time.
"""

import hashlib
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact, Suppression
from backend.delivery.frequency import free_again, frequency_cap
from backend.ports import Audience
from backend.suppressing import address_hash, mail_address
from contract.contacts import ContactStatus
from contract.delivery import Funnel
from contract.problems import SegmentMissingError

BATCH = 2_000
DUPLICATE = "duplicate address"


@dataclass(frozen=True, slots=True)
class Member:
    """A contact of the segment. `reason` says why it is left out; empty for those who are mailed."""

    id: int
    address: str
    reason: str
    time_zone: str | None = None


_SUPPRESSED = select(Suppression.address_hash, Suppression.reason).where(Suppression.undone_at.is_(None))


async def _suppressed(session: AsyncSession) -> dict[str, str]:
    return {row.address_hash: row.reason for row in await session.execute(_SUPPRESSED)}


async def suppressed_among(session: AsyncSession, emails: Iterable[str]) -> dict[str, str]:
    """What a `Judge` of these addresses alone has to know."""
    query = _SUPPRESSED.where(Suppression.address_hash.in_([address_hash(email) for email in emails]))
    return {row.address_hash: row.reason for row in await session.execute(query)}


class Judge:
    """Says who is left out. Of two contacts with one address the lower id is mailed."""

    def __init__(self, suppressed: dict[str, str]) -> None:
        self._suppressed = suppressed
        self._addresses: set[str] = set()

    def __call__(self, contact_id: int, email: str, status: str, time_zone: str | None = None) -> Member:
        address = mail_address(email)
        return Member(contact_id, address, self._reason(address, status), time_zone)

    def _reason(self, address: str, status: str) -> str:
        if status == ContactStatus.UNSUBSCRIBED:
            return "unsubscribed"
        if self._suppressed and (why := self._suppressed.get(address_hash(address))):
            return f"suppressed: {why}"
        if status != ContactStatus.SUBSCRIBED:
            return f"suppressed: {status}"
        if address in self._addresses:
            return DUPLICATE
        self._addresses.add(address)
        return ""


async def judge_audience(
    session: AsyncSession, condition: ColumnElement[bool]
) -> AsyncGenerator[list[Member]]:
    """Everyone the condition holds for, by id, in batches. Several batches are one snapshot.

    Whoever may stop before the end closes it, so that the database does not keep the rest for it.

    Nobody is left out for having had enough mail: see `judge_recipients`.
    """
    judge = Judge(await _suppressed(session))
    columns = (Contact.id, Contact.email, Contact.status, Contact.time_zone)
    query = select(*columns).where(condition).order_by(Contact.id)
    result = await session.stream(query.execution_options(yield_per=BATCH))
    try:
        async for rows in result.partitions(BATCH):
            yield [judge(*row) for row in rows]
    finally:
        await result.close()


async def judge_recipients(
    session: AsyncSession, condition: ColumnElement[bool], now: datetime
) -> AsyncGenerator[list[Member]]:
    """The audience of a campaign, for which the organisation's frequency cap counts too."""
    cap = await session.run_sync(frequency_cap, int(session.info["org_id"]))
    async with aclosing(judge_audience(session, condition)) as batches:
        async for members in batches:
            if cap is None:
                yield members
                continue
            ids = [member.id for member in members if not member.reason]
            capped = await session.run_sync(free_again, cap, ids, now)
            yield [replace(m, reason=cap.reason) if m.id in capped else m for m in members]


async def count_audience(session: AsyncSession, condition: ColumnElement[bool], now: datetime) -> Funnel:
    """How many drop out at each step. The hash changes when anyone comes or goes."""
    counts = {"matched": 0, "suppressed": 0, "unsubscribed": 0, "duplicate": 0, "capped": 0, "": 0}
    digest = hashlib.sha256()
    async for members in judge_recipients(session, condition, now):
        counts["matched"] += len(members)
        for member in members:
            counts[member.reason.partition(" ")[0].rstrip(":")] += 1
            if not member.reason:
                digest.update(b"%d," % member.id)
    return Funnel(
        matched=counts["matched"],
        suppressed=counts["suppressed"],
        unsubscribed=counts["unsubscribed"],
        duplicate=counts["duplicate"],
        capped=counts["capped"],
        will_send=counts[""],
        audience_hash=digest.hexdigest()[:32],
    )


async def audience_condition(
    audience: Audience, session: AsyncSession, segment_id: str | None, now: datetime
) -> ColumnElement[bool]:
    """No segment is never everyone. Raises `SegmentMissingError`."""
    if segment_id is None:
        raise SegmentMissingError
    return await audience.members(session, segment_id, now)


async def goal_condition(
    audience: Audience, session: AsyncSession, segment_id: str, now: datetime
) -> ColumnElement[bool]:
    """Who has reached a goal. Raises a `SegmentMissingError` that says which segment is missing."""
    try:
        return await audience.members(session, segment_id, now)
    except SegmentMissingError:
        words = "The segment that is its goal was deleted; choose another goal, or none."
        raise SegmentMissingError(words) from None


def outside(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Holds for contacts that are not in a segment. Where a condition is NULL, it does not hold."""
    return not_(func.coalesce(condition, false()))
