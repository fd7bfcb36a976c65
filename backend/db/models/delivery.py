"""The ledger of mails: one row for each mail to each contact, and the worker sessions that hold rows.

The tables are the truth. Jobs only say where to look; losing every job loses nothing.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, LedgerScoped, OrgScoped
from backend.db.epoch import EpochMicros
from backend.db.types import BigId, DocId

_SOURCE = ("org_id", "source_id", "step_id", "run_no")


def _where(condition: str) -> dict[str, Any]:
    """A partial index, written for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class DeliveryRecord(LedgerScoped, Base):
    """One mail to one contact.

    The source of a campaign's mail is the campaign, with an empty `step_id` and run 0; of a sequence's
    mail the sequence, its step and the contact's run through it. A contact and an address get a source
    once. `address` is frozen; `revision` says which frozen content was or will be sent.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ux_delivery_contact", "org_id", "contact_id", *_SOURCE[1:], unique=True),
        Index("ux_delivery_address", *_SOURCE, "address", unique=True, **_where("state <> 'skipped'")),
        Index(
            "ix_delivery_due", "org_id", "source_id", "due_at", "id", **_where("state IN ('pending', 'soft')")
        ),
        Index("ix_delivery_held", "session_id", **_where("state IN ('claimed', 'handed')")),
        Index(None, "org_id", "source_id", "state", "id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, sort_order=-10)
    source_id: Mapped[str] = mapped_column(DocId)
    step_id: Mapped[str] = mapped_column(default="")
    run_no: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int]
    contact_id: Mapped[int] = mapped_column(BigId)
    address: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(EpochMicros)
    session_id: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(EpochMicros)


class WorkerSession(Base):
    """One start of one sending worker. Rows it holds are its own until it is fenced."""

    __tablename__ = "worker_session"

    id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(EpochMicros)
    expires_at: Mapped[datetime] = mapped_column(EpochMicros)
    fenced: Mapped[bool] = mapped_column(default=False)


class SendingSecret(OrgScoped, Base):
    """What Message-IDs and unsubscribe links are signed with.

    It is kept with the data and never rotates: a link in a mail must work for years, and a restored
    backup must give every mail the id it had.
    """

    __tablename__ = "sending_secret"

    secret: Mapped[str]
