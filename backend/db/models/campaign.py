"""Campaigns and the revisions of their content that were really sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, DocumentColumns, KeepsVersions, OrgScoped
from backend.db.types import BigId, DocId


class Campaign(DocumentColumns, KeepsVersions, OrgScoped, Base):
    """A mail to a segment.

    `segment_id` has no foreign key on purpose: a deleted segment leaves it dangling, and a dangling
    reference blocks the send, where NULL could be mistaken for "not chosen yet". `revision` counts
    the frozen contents; 0 until the first freeze. `started_at` is when the audience was frozen.
    `local_time` is a wall clock's, without a zone: each contact gets the mail when clocks in its own zone
    show it, the first ones at `starts_at`; those whose zone is not known get it at `otherwise_at`.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        Index(None, "org_id", "updated_at", "id"),
        Index(None, "status", "send_at"),
    )

    content_json: Mapped[dict[str, Any]]
    status: Mapped[str]
    send_at: Mapped[datetime | None]
    local_time: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    otherwise_at: Mapped[datetime | None]
    segment_id: Mapped[str | None] = mapped_column(DocId)
    account_id: Mapped[int | None] = mapped_column(BigId)
    audience_hash: Mapped[str | None]
    paused_reason: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class CampaignApproval(OrgScoped, Base):
    """A member's word that this content may go to this audience. A later one replaces it."""

    __tablename__ = "campaign_approval"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "campaign_id"], ["campaign.org_id", "campaign.id"], ondelete="CASCADE"
        ),
    )

    campaign_id: Mapped[str] = mapped_column(DocId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId)
    content_hash: Mapped[str]
    audience_hash: Mapped[str]
    at: Mapped[datetime]


class CampaignRevision(OrgScoped, Base):
    """Content as it was frozen for sending. Never changed afterwards."""

    __tablename__ = "campaign_revision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "campaign_id"], ["campaign.org_id", "campaign.id"], ondelete="CASCADE"
        ),
    )

    campaign_id: Mapped[str] = mapped_column(DocId, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content_json: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
