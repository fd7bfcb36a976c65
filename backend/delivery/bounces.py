"""What a bounce does beyond its own mail: the address is suppressed and the contact leaves sequences."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, update
from sqlalchemy.engine import Connection

from backend.db.entry import go_back, go_inside
from backend.db.models.sequence_run import EnrolmentRecord
from backend.db.planner import few
from backend.delivery.claims import contacts, suppressions
from backend.delivery.sources import Claimed
from backend.suppressing import address_hash, suppression_insert
from contract.contacts import ContactStatus

enrolments = cast(Table, EnrolmentRecord.__table__)
BOUNCED = "bounced"


def note_bounces(connection: Connection, rows: Sequence[Claimed], now: datetime) -> None:
    """In the transaction that notes the outcome. A person can undo each suppression."""
    for row in rows:
        came_from = go_inside(connection, row.source.org_id)
        _note_bounce(connection, row, now)
        go_back(connection, came_from)


def _note_bounce(connection: Connection, row: Claimed, now: datetime) -> None:
    org_id = row.source.org_id
    entry = {
        "org_id": org_id,
        "address_hash": address_hash(row.address),
        "reason": BOUNCED,
        "since": now,
        "contact_id": row.contact_id,
        "source_id": row.source.id,
    }
    suppress = suppression_insert(connection.dialect.name, suppressions, BOUNCED, now)
    connection.execute(suppress.values(**entry))
    connection.execute(
        update(contacts)
        .where(
            contacts.c.org_id == org_id,
            contacts.c.id == row.contact_id,
            contacts.c.status == ContactStatus.SUBSCRIBED,
        )
        .values(status=ContactStatus.BOUNCED, updated_at=now)
    )
    connection.execute(
        update(enrolments)
        .where(
            enrolments.c.org_id == org_id,
            few(enrolments.c.contact_id == row.contact_id),
            enrolments.c.state == "active",
        )
        .values(state="exited", exit_reason=BOUNCED, entered_step_at=now, next_run_at=None)
    )
