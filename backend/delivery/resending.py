"""Mails of which nobody knows whether they arrived, sent again because a person says so.

Nothing else makes an unknown mail due. It keeps its row, and so its Message-ID: a mailbox that has the first
copy can tell that the second is the same mail.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.delivery import DeliveryRecord
from backend.delivery.mail_list import with_words
from contract.delivery import DeliveryState

SENT_AGAIN = "sent again on a person's word"


async def make_due(
    session: AsyncSession, source_id: str, ids: Sequence[int] | None, words: str | None, now: datetime
) -> int:
    """How many of these, or of all with these words, were unknown and are due now."""
    unknown = update(DeliveryRecord).where(
        DeliveryRecord.source_id == source_id, DeliveryRecord.state == DeliveryState.UNKNOWN.value
    )
    if ids is not None:
        unknown = unknown.where(DeliveryRecord.id.in_(ids))
    if words:
        unknown = unknown.where(with_words(words))
    again = {
        "state": DeliveryState.PENDING.value,
        "reason": SENT_AGAIN,
        "due_at": now,
        "session_id": None,
        "updated_at": now,
    }
    result = await session.execute(
        unknown.values(again).returning(DeliveryRecord.id),
        execution_options={"synchronize_session": False},
    )
    return len(result.all())
