"""The change feed, one per organisation, and the counter that gives rows their ids."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.types import BigId


class OrgFeed(OrgScoped, Base):
    """Where the feed stands. `seq` is taken inside the write transaction: its order is commit order.

    `pruned_through` is the highest sequence number that was removed; `last_row_id` the last id given to
    a contact, an account or a delivery of this organisation.
    """

    __tablename__ = "org_feed"

    seq: Mapped[int] = mapped_column(BigId, default=0)
    pruned_through: Mapped[int] = mapped_column(BigId, default=0)
    last_row_id: Mapped[int] = mapped_column(BigId, default=0)


class FeedEntry(OrgScoped, Base):
    """One change. The random `nonce` tells this history from one that a restored backup would write."""

    __tablename__ = "feed_entry"
    __table_args__ = (Index(None, "org_id", "kind", "doc_id", "seq"), {"sqlite_with_rowid": False})

    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    doc_id: Mapped[str]
    updated_at: Mapped[str | None]
    deleted: Mapped[bool] = mapped_column(default=False)
    nonce: Mapped[str]
    at: Mapped[datetime]
