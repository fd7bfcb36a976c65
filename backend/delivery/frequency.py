"""How many mails one contact may get within some days, over all campaigns and sequences together.

Whoever is at the cap is left out of a campaign, by name and with the reason. A sequence's mail waits instead:
a step that is never sent would leave a hole in what it tells.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.org import Org
from backend.db.planner import few
from contract.delivery import DeliveryState

Reading = Session | Connection
"""An organisation's session, or a worker's connection, which sees all of them."""

COUNTED = (
    *(DeliveryState.CLAIMED, DeliveryState.HANDED, DeliveryState.ACCEPTED),
    *(DeliveryState.UNKNOWN, DeliveryState.COMPLAINED),
)
"""Mails that came, may have, or are about to: of two campaigns at once, the second sees the first's."""


_TURN = text("SELECT pg_advisory_xact_lock(x'4672657175656e63'::bigint # cast(:org_id AS bigint))")
"""The constant keeps it apart from the locks of organisations' writers (backend/db/entry.py)."""


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most `mails` within any `days`."""

    org_id: int
    mails: int
    days: int

    @property
    def reason(self) -> str:
        """As it stands at a mail that was left out."""
        mails = "1 mail" if self.mails == 1 else f"{self.mails} mails"
        days = "1 day" if self.days == 1 else f"{self.days} days"
        return f"capped: had {mails} within {days}"

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.days)


def frequency_cap(database: Reading, org_id: int) -> FrequencyCap | None:
    """What an organisation has set; None if nothing."""
    query = select(Org.frequency_mails, Org.frequency_days).where(Org.id == org_id)
    row = (database.execute(query, execution_options={"unscoped": True})).one()
    return FrequencyCap(org_id, row.frequency_mails, row.frequency_days) if row.frequency_mails else None


def decide_alone(connection: Connection, cap: FrequencyCap) -> None:
    """Until this transaction ends, no other worker counts or claims for a contact of this organisation.

    Two that looked at once would each find that one more mail is not too many. SQLite has one writer.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN, {"org_id": cap.org_id})


def free_at(cap: FrequencyCap, times: Iterable[datetime], now: datetime) -> datetime | None:
    """When one more mail is no longer too many for someone who had mails at these times; None if now."""
    lately = sorted((at for at in times if at > now - cap.window), reverse=True)
    return lately[cap.mails - 1] + cap.window if len(lately) >= cap.mails else None


def free_again(
    database: Reading,
    cap: FrequencyCap,
    contact_ids: Sequence[int],
    now: datetime,
    besides: Collection[int] = (),
) -> dict[int, datetime]:
    """Those of these contacts who had as many mails as they may, and when one more is no longer too many.

    `besides`: mails that do not count, because they are those that are asked about.
    """
    nth_newest = (
        select(DeliveryRecord.updated_at)
        .where(
            DeliveryRecord.org_id == Contact.org_id,
            few(DeliveryRecord.contact_id == Contact.id),
            DeliveryRecord.state.in_(COUNTED),
            DeliveryRecord.id.not_in(besides),
            DeliveryRecord.updated_at > now - cap.window,
        )
        .order_by(DeliveryRecord.updated_at.desc())
        .limit(1)
        .offset(cap.mails - 1)
        .correlate(Contact)
        .scalar_subquery()
    )
    these = Contact.org_id == cap.org_id, Contact.id.in_(contact_ids)
    rows = database.execute(select(Contact.id, nth_newest.label("at")).where(*these))
    return {row.id: row.at + cap.window for row in rows if row.at is not None}
