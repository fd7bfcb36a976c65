"""What was really sent: the content that a mail's revision froze."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.campaign import CampaignRevision
from backend.db.models.sequence_run import SequenceRevision


async def frozen_content(
    session: AsyncSession, source_id: str, revision: int, step_id: str
) -> dict[str, Any] | None:
    """Of a campaign where there is no step; None if the revision or the step in it is gone."""
    if not step_id:
        return await session.scalar(
            select(CampaignRevision.content_json).where(
                CampaignRevision.campaign_id == source_id, CampaignRevision.revision == revision
            )
        )
    steps = await session.scalar(
        select(SequenceRevision.steps_json).where(
            SequenceRevision.sequence_id == source_id, SequenceRevision.revision == revision
        )
    )
    listed = (steps or {}).get("steps", [])
    return next((step["contentJson"] for step in listed if step["id"] == step_id), None)
