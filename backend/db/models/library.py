"""Templates and snippets."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from backend.db.base import Base, DocumentColumns, OrgScoped


class SavedMail(DocumentColumns, OrgScoped, Base):
    """A block document to start from; `kind` is template or snippet."""

    __tablename__ = "saved_mail"
    __table_args__ = (Index(None, "org_id", "kind", "name", "id"),)

    kind: Mapped[str]
    content_json: Mapped[dict[str, Any]]
