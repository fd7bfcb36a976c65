"""What is on its way, and how what just went out ended: an open screen asks for it every second."""

from datetime import datetime, timedelta

from sqlalchemy import case, select

from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.work import Work
from contract.delivery import OutboxEntry
from contract.transitions import CampaignStatus

MOST = 200
ON_ITS_WAY = (CampaignStatus.SENDING, CampaignStatus.PAUSED, CampaignStatus.SCHEDULED)
LATELY = timedelta(days=1)
MOST_SENT = 5


async def _on_their_way(work: Work) -> list[Campaign]:
    """Being sent, then paused, then scheduled, the soonest first."""
    rank = case({status.value: place for place, status in enumerate(ON_ITS_WAY)}, value=Campaign.status)
    query = (
        select(Campaign)
        .where(Campaign.status.in_([status.value for status in ON_ITS_WAY]))
        .order_by(rank, Campaign.send_at, Campaign.id)
        .limit(MOST)
    )
    return list(await work.session.scalars(query))


async def _sent_lately(work: Work) -> list[Campaign]:
    """The last ones, newest first: who watched a send sees how it ended.

    Whatever was sent lately was changed lately: that has an index, and old campaigns stay unread.
    """
    since = work.now - LATELY
    query = (
        select(Campaign)
        .where(
            Campaign.updated_at > since,
            Campaign.status == CampaignStatus.SENT.value,
            Campaign.finished_at > since,
        )
        .order_by(Campaign.finished_at.desc(), Campaign.id)
        .limit(MOST_SENT)
    )
    return list(await work.session.scalars(query))


async def entries(work: Work) -> list[OutboxEntry]:
    """As `contract.delivery.Outbox` orders them."""
    rows = [*await _on_their_way(work), *await _sent_lately(work)]
    begun = [row.id for row in rows if row.started_at is not None or row.status == CampaignStatus.SENDING]
    progress = await work.ports.delivery.progress(work.session, begun) if begun else {}
    waits = await work.ports.delivery.waits(work.session, rows)
    names = {row.id: row.name for row in await work.session.scalars(select(SendingAccount))}
    return [
        OutboxEntry(
            id=row.id,
            name=row.name,
            status=row.status,
            send_at=row.send_at,
            local_time=datetime.fromisoformat(row.local_time) if row.local_time else None,
            starts_at=row.starts_at,
            finished_at=row.finished_at,
            paused_reason=row.paused_reason,
            account=names.get(row.account_id) if row.account_id is not None else None,
            progress=progress.get(row.id),
            waits=waits.get(row.id, []),
        )
        for row in rows
    ]
