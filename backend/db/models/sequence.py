"""The draft of a sequence. What people run is a published revision (sequence_run.py)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, DocumentColumns, KeepsVersions, OrgScoped
from backend.db.types import DocId


class Sequence(DocumentColumns, KeepsVersions, OrgScoped, Base):
    """Steps in the order of the list: `{"steps": [{"id", "delayHours", "contentJson"}]}`.

    `published_hash` is the hash of what was published last, so that unpublished changes show without
    reading the revision. `segment_id` has no foreign key, as in campaigns.
    """

    __tablename__ = "sequence"
    __table_args__ = (Index(None, "org_id", "updated_at", "id"),)

    status: Mapped[str]
    segment_id: Mapped[str | None] = mapped_column(DocId)
    steps_json: Mapped[dict[str, Any]]
    published_revision: Mapped[int] = mapped_column(default=0)
    published_hash: Mapped[str | None]
    paused_at: Mapped[datetime | None]
