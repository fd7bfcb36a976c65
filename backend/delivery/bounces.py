"""What a bounce does beyond its own mail: the address is suppressed and the contact leaves sequences."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.entry import inside_organisation
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.claims import address_hash, contacts, suppressions
from backend.delivery.sources import Claimed
from backend.delivery.upserts import insert_into
from contract.contacts import ContactStatus

enrolments = cast(Table, EnrolmentRecord.__table__)
BOUNCED = "bounced"


async def note_bounces(connection: AsyncConnection, rows: Sequence[Claimed], now: datetime) -> None:
    """In the transaction that notes the outcome. A person can undo each suppression."""
    for row in rows:
        async with inside_organisation(connection, row.source.org_id):
            await _note_bounce(connection, row, now)


async def _note_bounce(connection: AsyncConnection, row: Claimed, now: datetime) -> None:
    org_id = row.source.org_id
    entry = {"org_id": org_id, "address_hash": address_hash(row.address), "reason": BOUNCED}
    again = {"reason": BOUNCED, "since": now, "undone_at": None}
    suppress = insert_into(connection.dialect.name, suppressions).values(**entry, since=now)
    await connection.execute(
        suppress.on_conflict_do_update(
            index_elements=["org_id", "address_hash"],
            set_=again,
            where=suppressions.c.undone_at.is_not(None),
        )
    )
    await connection.execute(
        update(contacts)
        .where(
            contacts.c.org_id == org_id,
            contacts.c.id == row.contact_id,
            contacts.c.status == ContactStatus.SUBSCRIBED,
        )
        .values(status=ContactStatus.BOUNCED, updated_at=now)
    )
    await connection.execute(
        update(enrolments)
        .where(
            enrolments.c.org_id == org_id,
            enrolments.c.contact_id == row.contact_id,
            enrolments.c.state == "active",
        )
        .values(state="exited", exit_reason=BOUNCED, next_run_at=None)
    )
