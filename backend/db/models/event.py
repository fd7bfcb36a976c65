"""What people, and machines in their stead, did with the mails they got."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.epoch import EpochMicros
from backend.db.types import BigId, DocId


class EventType(StrEnum):
    """What was done."""

    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"


OPENING = (EventType.OPENED, EventType.CLICKED)
"""What proves that a mail was opened: whoever follows a link in it has."""


class Event(OrgScoped, Base):
    """One kind of use of one mail: however often it is repeated, it stays one row.

    `link` is the number of the link of a click (render_preview/tracking.py), else 0. What machines do is
    kept apart from what people do. The source is the mail's. There is no foreign key: like the ledger, it
    outlives the contact.
    """

    __tablename__ = "event"
    __table_args__ = (Index(None, "org_id", "source_id", "type"), {"sqlite_with_rowid": False})

    contact_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    link: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, default=0)
    by_machine: Mapped[bool] = mapped_column(primary_key=True, default=False)
    source_id: Mapped[str] = mapped_column(DocId)
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(EpochMicros)
    last_at: Mapped[datetime] = mapped_column(EpochMicros)
