"""The draft of a sequence. What people run is a published revision (sequence_run.py)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, DocumentColumns, KeepsVersions, OrgScoped
from backend.db.types import BigId, DocId


class Sequence(DocumentColumns, KeepsVersions, OrgScoped, Base):
    """`steps_json` is the draft: `{"steps": [{"id", "delayHours", "contentJson"}], "settings": {...}}`.

    The order of the list is the order; settings that are not there have their defaults.
    `published_hash` is the hash of what was published last, so that unpublished changes show without
    reading the revision, and `published_rules` whom it is for and how it treats them
    (backend/sequence_rules.py); `account_id` is the sending account among these. `segment_id` has no foreign
    key, as in campaigns.
    """

    __tablename__ = "sequence"
    __table_args__ = (Index(None, "org_id", "updated_at", "id"),)

    status: Mapped[str]
    segment_id: Mapped[str | None] = mapped_column(DocId)
    steps_json: Mapped[dict[str, Any]]
    published_revision: Mapped[int] = mapped_column(default=0)
    published_hash: Mapped[str | None]
    published_rules: Mapped[dict[str, Any] | None]
    account_id: Mapped[int | None] = mapped_column(BigId)
    paused_at: Mapped[datetime | None]
