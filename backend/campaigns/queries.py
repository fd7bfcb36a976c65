"""Reading campaigns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from backend.db.models.campaign import Campaign
from backend.pagination import Order
from backend.work import Work
from contract.campaigns import Campaign as CampaignWire
from contract.delivery import Progress
from contract.transitions import CampaignStatus
from contract.wire import format_timestamp

NEWEST_CHANGE_FIRST = Order(Campaign.updated_at, Campaign.id, descending=True)


def matching(search: str | None, status: CampaignStatus | None) -> Select[Campaign]:
    """Campaigns whose name contains `search`, in this status."""
    query = select(Campaign)
    if search:
        query = query.where(Campaign.name.icontains(search, autoescape=True))
    if status:
        query = query.where(Campaign.status == status.value)
    return query


def to_wire(row: Campaign, progress: Progress | None = None) -> CampaignWire:
    """A row as answered."""
    return CampaignWire(
        id=row.id,
        org_id=str(row.org_id),
        name=row.name,
        content_json=row.content_json,
        status=CampaignStatus(row.status),
        send_at=row.send_at,
        local_time=datetime.fromisoformat(row.local_time) if row.local_time else None,
        starts_at=row.starts_at,
        otherwise_at=row.otherwise_at,
        segment_id=row.segment_id,
        account_id=str(row.account_id) if row.account_id is not None else None,
        paused_reason=row.paused_reason,
        created_at=row.created_at,
        updated_at=format_timestamp(row.updated_at),
        progress=progress,
    )


def as_json(row: Campaign) -> dict[str, Any]:
    """The row as it is compared and recorded: without progress, which changes on its own."""
    return to_wire(row).model_dump(mode="json", by_alias=True)


async def with_progress(work: Work, rows: Sequence[Campaign]) -> list[CampaignWire]:
    """Rows as answered, with the counts of those that were frozen."""
    frozen = [row.id for row in rows if row.started_at is not None]
    progress = await work.ports.delivery.progress(work.session, frozen) if frozen else {}
    return [to_wire(row, progress.get(row.id)) for row in rows]


async def present(work: Work, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows for the feed."""
    rows = await work.session.scalars(select(Campaign).where(Campaign.id.in_(ids)))
    return {row.id: as_json(row) for row in rows}
