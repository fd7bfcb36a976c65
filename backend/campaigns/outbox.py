"""What is on its way, in one look: an open screen asks for it every second."""

from datetime import datetime

from sqlalchemy import case, select

from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.work import Work
from contract.delivery import OutboxEntry
from contract.transitions import CampaignStatus

MOST = 200
ON_ITS_WAY = (CampaignStatus.SENDING, CampaignStatus.PAUSED, CampaignStatus.SCHEDULED)


async def entries(work: Work) -> list[OutboxEntry]:
    """Being sent, then paused, then scheduled, the soonest first."""
    rank = case({status.value: place for place, status in enumerate(ON_ITS_WAY)}, value=Campaign.status)
    query = (
        select(Campaign)
        .where(Campaign.status.in_([status.value for status in ON_ITS_WAY]))
        .order_by(rank, Campaign.send_at, Campaign.id)
        .limit(MOST)
    )
    rows = (await work.session.scalars(query)).all()
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
            paused_reason=row.paused_reason,
            account=names.get(row.account_id) if row.account_id is not None else None,
            progress=progress.get(row.id),
            waits=waits.get(row.id, []),
        )
        for row in rows
    ]
