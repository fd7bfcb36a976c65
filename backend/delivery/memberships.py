"""Asking the segments about people in a sequence: one query for a segment, however many they are."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact
from backend.delivery.audience import audience_condition
from backend.delivery.due_steps import Memberships
from backend.ports import Audience
from backend.sequence_rules import Rules
from contract.problems import SegmentMissingError


async def _within(
    audience: Audience, session: AsyncSession, segment_id: str | None, ids: Collection[int], now: datetime
) -> set[int]:
    condition = await audience_condition(audience, session, segment_id, now)
    return set(await session.scalars(select(Contact.id).where(Contact.id.in_(ids), condition)))


async def find_memberships(
    audience: Audience, session: AsyncSession, rules: Rules, ids: Collection[int], now: datetime
) -> Memberships:
    """Of these contacts, in an organisation's session; nothing is asked where no rule does."""
    in_goal: set[int] = set()
    left: set[int] = set()
    try:
        if rules.goal_segment_id is not None:
            in_goal = await _within(audience, session, rules.goal_segment_id, ids, now)
        if rules.exit_on_leaving:
            left = set(ids) - await _within(audience, session, rules.segment_id, ids, now)
    except SegmentMissingError:
        return Memberships(missing=True)
    return Memberships(in_goal, left)
