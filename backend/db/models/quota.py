"""What holds for all workers together: rates and daily caps, resting accounts, and how a campaign goes.

One row each, changed in short transactions, so that it is true across processes and after a restart.
"""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.epoch import EpochMicros
from backend.db.types import DocId

ORGANISATION = "organisation"


def account_scope(account_id: int) -> str:
    """Under which name a sending account's row stands."""
    return f"account:{account_id}"


class Quota(OrgScoped, Base):
    """Of a sending account (`account:5`) or of the whole organisation (`organisation`).

    The next mail may leave at `next_at`. `used` counts the mails of `day`, which is in days since 1970, UTC.
    An account in trouble rests until `rests_until`, after so many `failures` in a row.
    """

    __tablename__ = "quota"

    scope: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime | None] = mapped_column(EpochMicros)
    day: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime | None] = mapped_column(EpochMicros)
    failures: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None]


class SendTally(OrgScoped, Base):
    """How a campaign's mails ended since a person last let it go on; `tripped` says why it must stop."""

    __tablename__ = "send_tally"

    source_id: Mapped[str] = mapped_column(DocId, primary_key=True)
    ended: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    bounced: Mapped[int] = mapped_column(default=0)
    tripped: Mapped[str | None]
