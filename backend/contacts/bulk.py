"""The same change to many contacts. Ids that are not here, or not ours, change nothing."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from backend.db.feed import take_row_ids
from backend.db.models.contact import Contact
from backend.db.timestamps import next_version
from backend.suppressing import suppress_emails
from backend.work import Work
from contract.contacts import BulkAction, ContactBulk, ContactStatus
from contract.problems import ForbiddenError

MAX_ID = 2**63


async def _delete(work: Work, rows: Sequence[Contact]) -> None:
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may delete.")
    for status in (ContactStatus.UNSUBSCRIBED, ContactStatus.BOUNCED):
        left = [row.email for row in rows if row.status == status]
        await suppress_emails(work.session, left, status.value, work.now)
    gone = delete(Contact).where(Contact.id.in_([row.id for row in rows]))
    await work.session.execute(gone, execution_options={"synchronize_session": False})
    for row in rows:
        work.contacts_changed("contact deleted", f"contact/{row.id}")


async def _unsubscribe(work: Work, rows: Sequence[Contact]) -> None:
    rev = (await take_row_ids(work.session))[0]
    emails = [row.email for row in rows]
    await suppress_emails(work.session, emails, ContactStatus.UNSUBSCRIBED.value, work.now)
    for row in rows:
        row.status = ContactStatus.UNSUBSCRIBED.value
        row.updated_at = next_version(work.now, row.updated_at)
        row.rev = rev
        work.contacts_changed("contact unsubscribed", f"contact/{row.id}")
    await work.session.flush()


async def change_many(work: Work, data: ContactBulk) -> int:
    """How many were changed; one that is unsubscribed already is not."""
    ids = {int(contact_id) for contact_id in data.contact_ids if int(contact_id) < MAX_ID}
    query = select(Contact).where(Contact.id.in_(ids))
    if data.action is BulkAction.UNSUBSCRIBE:
        query = query.where(Contact.status != ContactStatus.UNSUBSCRIBED.value)
    rows = list(await work.session.scalars(query))
    await (_delete if data.action is BulkAction.DELETE else _unsubscribe)(work, rows)
    return len(rows)
