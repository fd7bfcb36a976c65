"""Campaigns and sequences that run through an account: it may not vanish or change under them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from backend.accounts.standing import default_id
from backend.db.feed import FeedChange
from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.db.models.sequence import Sequence as SequenceDocument
from backend.db.timestamps import next_version
from backend.work import Work
from contract.feed import Kind
from contract.transitions import CampaignStatus, SequenceStatus
from contract.wire import format_timestamp

_BEGUN = (CampaignStatus.SENDING.value, CampaignStatus.PAUSED.value)


def _began_without_choice() -> ColumnElement[bool]:
    begun = Campaign.started_at.is_not(None) | (Campaign.status == CampaignStatus.SENDING.value)
    return Campaign.status.in_(_BEGUN) & Campaign.account_id.is_(None) & begun


async def campaigns_through(work: Work, account: SendingAccount) -> Sequence[Campaign]:
    """Those it was chosen for and that are scheduled or begun, and those begun with the default."""
    chosen = (Campaign.account_id == account.id) & Campaign.status.in_(
        (CampaignStatus.SCHEDULED.value, *_BEGUN)
    )
    is_default = account.id == await default_id(work)
    condition = or_(chosen, _began_without_choice()) if is_default else chosen
    return (await work.session.scalars(select(Campaign).where(condition).order_by(Campaign.name))).all()


async def sequences_through(work: Work, account: SendingAccount) -> Sequence[SequenceDocument]:
    """Those that were published with it and run, or may run on."""
    query = select(SequenceDocument).where(
        SequenceDocument.account_id == account.id, SequenceDocument.status != SequenceStatus.DRAFT.value
    )
    return (await work.session.scalars(query.order_by(SequenceDocument.name))).all()


async def keep_running_with(work: Work, account_id: int) -> None:
    """Note the default they began with as the choice of those who made none."""
    for campaign in await work.session.scalars(select(Campaign).where(_began_without_choice())):
        campaign.account_id = account_id
        campaign.updated_at = next_version(work.now, campaign.updated_at)
        change = FeedChange(Kind.CAMPAIGN, campaign.id, format_timestamp(campaign.updated_at))
        work.changed("campaign account kept", change)
    await work.session.flush()
