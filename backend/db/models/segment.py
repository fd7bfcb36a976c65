"""Segments and the contacts that people put in or took out by hand."""

from typing import Any

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, DocumentColumns, OrgScoped
from backend.db.types import BigId, DocId


class Segment(DocumentColumns, OrgScoped, Base):
    """A saved filter over contacts."""

    __tablename__ = "segment"

    dsl_json: Mapped[dict[str, Any]]


class SegmentMember(OrgScoped, Base):
    """A person's decision about one contact: `source` is include or exclude."""

    __tablename__ = "segment_member"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "segment_id"], ["segment.org_id", "segment.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["org_id", "contact_id"], ["contact.org_id", "contact.id"], ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    segment_id: Mapped[str] = mapped_column(DocId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    source: Mapped[str]
