"""What the clock and the mails do to a campaign's status: started, paused with a reason, sent.

Every change goes through the one table of transitions and into the feed, like a person's.
"""

from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.feed import FeedChange, append_changes
from backend.db.models.campaign import Campaign, CampaignRevision
from backend.db.models.delivery import DeliveryRecord
from backend.db.timestamps import next_version
from backend.delivery.fencing import WAITING
from backend.delivery.tally import begin_anew
from contract.delivery import DeliveryState
from contract.feed import Kind
from contract.transitions import CAMPAIGN_TRANSITIONS, CampaignAction, CampaignStatus
from contract.wire import format_timestamp

log = structlog.get_logger(__name__)

OPEN_STATES = (*WAITING, DeliveryState.CLAIMED, DeliveryState.HANDED)


async def find_campaign(session: AsyncSession, campaign_id: str) -> Campaign | None:
    """The campaign of this session's organisation."""
    return await session.scalar(select(Campaign).where(Campaign.id == campaign_id))


async def announce(session: AsyncSession, campaign: Campaign, now: datetime) -> None:
    """Give the row its next version and tell the feed."""
    campaign.updated_at = next_version(now, campaign.updated_at)
    change = FeedChange(Kind.CAMPAIGN, campaign.id, format_timestamp(campaign.updated_at))
    await append_changes(session, [change], now)


async def move(
    session: AsyncSession,
    campaign: Campaign,
    action: CampaignAction,
    now: datetime,
    reason: str | None = None,
) -> bool:
    """Take the step if the table allows it; whether it did."""
    target = CAMPAIGN_TRANSITIONS.get((CampaignStatus(campaign.status), action))
    if target is None:
        return False
    campaign.status = target.value
    campaign.paused_reason = reason if target is CampaignStatus.PAUSED else None
    if target is CampaignStatus.SENT:
        campaign.finished_at = now
        await begin_anew(session, campaign.id)
    await announce(session, campaign, now)
    log.info("campaign_moved", campaign=campaign.id, status=campaign.status, reason=reason)
    return True


async def freeze_content(session: AsyncSession, campaign: Campaign, now: datetime) -> None:
    """Make the present content the next revision."""
    campaign.revision += 1
    session.add(
        CampaignRevision(
            campaign_id=campaign.id,
            revision=campaign.revision,
            content_json=campaign.content_json,
            created_at=now,
        )
    )
    await session.flush()


async def refreeze_corrected(session: AsyncSession, campaign: Campaign, now: datetime) -> None:
    """A paused campaign that was corrected goes on with its new content, for those not yet sent."""
    latest = select(CampaignRevision.content_json).where(
        CampaignRevision.campaign_id == campaign.id, CampaignRevision.revision == campaign.revision
    )
    if await session.scalar(latest) == campaign.content_json:
        return
    await freeze_content(session, campaign, now)
    unsent = update(DeliveryRecord).where(
        DeliveryRecord.source_id == campaign.id,
        DeliveryRecord.state.in_((*WAITING, DeliveryState.CLAIMED)),  # the door asks for the revision again
    )
    await session.execute(
        unsent.values(revision=campaign.revision), execution_options={"synchronize_session": False}
    )


async def cancel_waiting(session: AsyncSession, campaign: Campaign, now: datetime) -> None:
    """Nothing that has not left will leave. What a worker holds is settled when it gives it back."""
    waiting = update(DeliveryRecord).where(
        DeliveryRecord.source_id == campaign.id,
        DeliveryRecord.state.in_(WAITING),
    )
    await session.execute(
        waiting.values(state=DeliveryState.CANCELLED.value, due_at=None, updated_at=now),
        execution_options={"synchronize_session": False},
    )


async def finish_if_done(session: AsyncSession, campaign_id: str, now: datetime) -> bool:
    """SENT once every mail has its final state."""
    mine = select(Campaign).where(Campaign.id == campaign_id)
    # locked, so that nobody makes a mail due again between the look at the mails and the end
    campaign = await session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if campaign is None or campaign.status != CampaignStatus.SENDING or campaign.started_at is None:
        return False
    open_mail = (
        select(DeliveryRecord.id)
        .where(DeliveryRecord.source_id == campaign_id, DeliveryRecord.state.in_(OPEN_STATES))
        .limit(1)
    )
    if await session.scalar(open_mail) is not None:
        return False
    return await move(session, campaign, CampaignAction.FINISH, now)
