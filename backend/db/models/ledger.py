"""Who did what, and which requests were answered already."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.types import BigId


class IdempotencyRecord(OrgScoped, Base):
    """A request that was applied, with its answer, which is `reduced` to ids and versions after a day."""

    __tablename__ = "idempotency"
    __table_args__ = (Index(None, "at"),)

    user_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    answer: Mapped[str | None]
    reduced: Mapped[bool] = mapped_column(default=False)
    feed: Mapped[str | None]
    at: Mapped[datetime]


class AuditEntry(OrgScoped, Base):
    """One change of state: by whom, from which client, and the hash of the row before and after."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "org_id", "at", "id"), Index(None, "org_id", "target"))

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[str]
    target: Mapped[str]
    client: Mapped[str]
    before_hash: Mapped[str | None]
    after_hash: Mapped[str | None]
