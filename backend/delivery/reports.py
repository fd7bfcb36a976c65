"""The reports of campaigns and of sequences: what both have, and what only one of them has."""

from collections.abc import Sequence as Many
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.campaign import Campaign
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.sequence import Sequence
from backend.delivery.course import campaign_window, find_course, sequence_window
from backend.delivery.response import (
    campaign_addresses,
    find_links,
    find_providers,
    find_response,
    find_revisions,
)
from backend.delivery.sequence_counts import find_people, find_steps, published, sequence_addresses
from backend.delivery.tools import Tools
from backend.frozen_links import FrozenLinks
from backend.tracks import find_tracks
from contract.delivery import DeliveryState, Progress
from contract.reports import CampaignReport, SequenceReport

MAX_REASONS = 50


async def find_reasons(session: AsyncSession, source_id: str) -> dict[str, int]:
    """Why mails were skipped, refused or are unknown; the most frequent first."""
    query = (
        select(DeliveryRecord.reason, func.count().label("many"))
        .where(
            DeliveryRecord.source_id == source_id,
            DeliveryRecord.state != DeliveryState.ACCEPTED,
            DeliveryRecord.reason != "",
        )
        .group_by(DeliveryRecord.reason)
        .order_by(func.count().desc(), DeliveryRecord.reason)
        .limit(MAX_REASONS)
    )
    return {row.reason: row.many for row in await session.execute(query)}


class Reports:
    """Made anew whenever somebody asks; `progress` is what the asker counted already."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._links = FrozenLinks()

    async def campaign(
        self, session: AsyncSession, row: Campaign, progress: Progress, waits: Many[str]
    ) -> CampaignReport:
        """`waits`: why mails that are due do not leave."""
        common = await self._common(session, row, progress)
        common["reasons"] |= {f"waiting: {reason}": progress.pending for reason in waits}
        addresses = await campaign_addresses(session, row.id, self._links)
        return CampaignReport(
            **common,
            started_at=row.started_at,
            finished_at=row.finished_at,
            course=await find_course(session, row.id, campaign_window(row.started_at)),
            links=await find_links(session, row.id, addresses),
            revisions=await find_revisions(session, row.id),
        )

    async def sequence(
        self, session: AsyncSession, row: Sequence, progress: Progress, now: datetime
    ) -> SequenceReport:
        revisions = await published(session, row.id)
        began = revisions[0].created_at if revisions else None
        return SequenceReport(
            **await self._common(session, row, progress),
            started_at=began,
            course=await find_course(session, row.id, sequence_window(began, now)),
            links=await find_links(session, row.id, sequence_addresses(revisions)),
            people=await find_people(session, row.id),
            steps=await find_steps(session, row.id, revisions),
        )

    async def _common(
        self, session: AsyncSession, row: Campaign | Sequence, progress: Progress
    ) -> dict[str, Any]:
        counted = await self._tools.counts.of(session, [row.id])
        tracks = await find_tracks(session, row.org_id, self._tools.letters.public_url)
        return {
            "progress": progress,
            "reasons": await find_reasons(session, row.id),
            "tracks_opens": tracks.opens,
            "tracks_clicks": tracks.clicks,
            "response": await find_response(session, row.id, counted.get(row.id, {})),
            "providers": await find_providers(session, row.id),
        }
