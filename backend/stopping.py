"""What ends all mail to a contact, whoever said so: a link, a bounce, a complaint."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.feed import take_row_ids
from backend.db.models.contact import Contact
from backend.db.models.sequence_run import EnrolmentRecord
from backend.db.planner import few
from backend.db.timestamps import next_version
from contract.contacts import ContactStatus


async def stop_writing_to(
    session: AsyncSession, contact: Contact, status: ContactStatus, now: datetime
) -> None:
    """Give the contact this status and take it out of every sequence, in a write transaction."""
    contact.status = status.value
    contact.updated_at = next_version(now, contact.updated_at)
    contact.rev = (await take_row_ids(session))[0]
    active = update(EnrolmentRecord).where(
        few(EnrolmentRecord.contact_id == contact.id), EnrolmentRecord.state == "active"
    )
    left = {"state": "exited", "exit_reason": status.value, "entered_step_at": now, "next_run_at": None}
    await session.execute(active.values(left), execution_options={"synchronize_session": False})
