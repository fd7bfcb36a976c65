"""Earlier contents of campaigns and sequences."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.types import BigId, DocId


class DocumentVersion(OrgScoped, Base):
    """What a document held before the next stretch of editing. Never changed afterwards.

    `document_id` is a campaign's or a sequence's, whose content it is.
    """

    __tablename__ = "document_version"
    __table_args__ = (Index(None, "org_id", "document_id", "saved_at", "id"),)

    id: Mapped[str] = mapped_column(DocId, primary_key=True)
    document_id: Mapped[str] = mapped_column(DocId)
    name: Mapped[str]
    content_json: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(BigId)
