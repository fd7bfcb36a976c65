"""People in sequences: where each one stands, and the published steps they run."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, LedgerScoped, OrgScoped
from backend.db.epoch import EpochMicros
from backend.db.types import BigId, DocId


def _while_active() -> dict[str, Any]:
    return {"sqlite_where": text("state = 'active'"), "postgresql_where": text("state = 'active'")}


class SequenceRevision(OrgScoped, Base):
    """Steps as they were published. Never changed afterwards."""

    __tablename__ = "sequence_revision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["org_id", "sequence_id"], ["sequence.org_id", "sequence.id"], ondelete="CASCADE"
        ),
    )

    sequence_id: Mapped[str] = mapped_column(DocId, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    steps_json: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class EnrolmentRecord(LedgerScoped, Base):
    """One contact's way through a sequence.

    `step_id` is the step that is waited for since `entered_step_at`; it is mailed at `next_run_at`. Of one
    that ended, `entered_step_at` is when it did. Each time that a contact enters is a run of its own, with
    the number after the last one's, which must have ended: nobody can be in a sequence twice.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("ux_enrolment_contact", "org_id", "contact_id", "sequence_id", "run_no", unique=True),
        Index("ix_enrolment_due", "org_id", "sequence_id", "next_run_at", "id", **_while_active()),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, sort_order=-10)
    sequence_id: Mapped[str] = mapped_column(DocId, primary_key=True, sort_order=-15)
    contact_id: Mapped[int] = mapped_column(BigId)
    run_no: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int]
    step_id: Mapped[str | None]
    state: Mapped[str]
    exit_reason: Mapped[str] = mapped_column(default="")
    entered_at: Mapped[datetime] = mapped_column(EpochMicros)
    entered_step_at: Mapped[datetime] = mapped_column(EpochMicros)
    next_run_at: Mapped[datetime | None] = mapped_column(EpochMicros)
